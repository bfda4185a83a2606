package dev.lockstep.bench.harness;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Work;
import dev.lockstep.bench.timing.TimedCopies;
import dev.lockstep.input.Labelled;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Times copies between the memory of the host and that of a device. Copies of pinned memory are
 * asynchronous; the host waits for each copy of pageable memory.
 */
public class TransferBenchmark extends WorkBenchmark<TimedCopies> {

  /** The host's memory: {@code pinned} or {@code pageable}. */
  @Param({"pinned", "pageable"})
  public String memory = "";

  /** {@code to-device} or {@code to-host}. */
  @Param({"to-device", "to-host"})
  public String direction = "";

  /** Size of a copy in KiB. */
  @Param({"64", "4096", "262144"})
  public int size;

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
    Work.Transfer transfer =
        new Work.Transfer(
            size,
            Labelled.of(Work.HostMemory.class, "memory", memory),
            Labelled.of(Work.Direction.class, "direction", direction));
    return TimedCopies.open(chosen, transfer, new Resources(1));
  }
}
