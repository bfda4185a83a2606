package dev.lockstep.bench.harness;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Work;
import dev.lockstep.bench.timing.TimedCopies;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * The rate at which a device copies its own memory: the ceiling of operations that compute little.
 * With a footprint that its cache cannot hold, it is that of the memory.
 */
public class DeviceCopyCeiling extends WorkBenchmark<TimedCopies> {

  /** KiB of source and target together, an even number. */
  @Param("2097152")
  public int footprint;

  /** Copies of an invocation, after the last of which is waited; give JMH the same {@code -opi}. */
  @Param("1")
  public int calls;

  /** Copies. */
  @Benchmark
  public void copy() {
    run();
  }

  @Override
  int calls() {
    return calls;
  }

  @Override
  TimedCopies work(Backend chosen) {
    return TimedCopies.open(chosen, new Work.Copy(footprint / 2), new Resources(1));
  }
}
