package dev.lockstep.bench.harness;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Work;
import dev.lockstep.bench.timing.TimedCopies;
import dev.lockstep.input.Labelled;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Copies between memory of the host and a device. Pinned memory is copied while the host goes on,
 * pageable memory while it waits.
 */
public class TransferBenchmark extends WorkBenchmark<TimedCopies> {

  /** {@code pinned} or {@code pageable}. */
  @Param({"pinned", "pageable"})
  public String memory = "";

  /** {@code to-device} or {@code to-host}. */
  @Param({"to-device", "to-host"})
  public String direction = "";

  /** KiB of a copy. */
  @Param({"64", "4096", "262144"})
  public int size;

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
    Work.Transfer transfer =
        new Work.Transfer(
            size,
            Labelled.of(Work.HostMemory.class, "memory", memory),
            Labelled.of(Work.Direction.class, "direction", direction));
    return TimedCopies.open(chosen, transfer, new Resources(1));
  }
}
