package dev.lockstep.bench.harness;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Work;
import dev.lockstep.bench.timing.TimedCopies;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Times copies within a device's memory, the ceiling of operations that compute little. With a
 * footprint larger than the device's cache it measures the memory.
 */
public class DeviceCopyCeiling extends WorkBenchmark<TimedCopies> {

  /** Total size of source and target in KiB, an even number. */
  @Param("2097152")
  public int footprint;

  /**
   * Copies per invocation, which waits only for the last; give JMH the same number as {@code -opi}.
   */
  @Param("1")
  public int calls;

  /** Runs the copies. */
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
