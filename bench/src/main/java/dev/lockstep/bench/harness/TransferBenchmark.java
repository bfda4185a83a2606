package dev.lockstep.bench.harness;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.harness.Verification.When;
import dev.lockstep.bench.timing.TimedTransfer;
import dev.lockstep.gpu.training.HostMemory;
import dev.lockstep.gpu.training.TransferTimer.Direction;
import dev.lockstep.input.Labelled;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Copies between memory of the host and a device. Pinned memory is copied while the host goes on,
 * pageable memory while it waits.
 *
 * <p>Verified before the first iteration and after the last by bytes that come back as they went.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.LARGE_PAGES, Jvm.NATIVE, Jvm.COLLECTOR})
public class TransferBenchmark {

  /** On a device; all share its copies. */
  @Param("cuda")
  public String backend = "";

  /** {@code pinned} or {@code pageable}. */
  @Param({"pinned", "pageable"})
  public String memory = "";

  /** {@code to-device} or {@code to-host}. */
  @Param({"to-device", "to-host"})
  public String direction = "";

  /** KiB of a copy, less than 2 GiB. */
  @Param({"64", "4096", "262144"})
  public int size;

  /** Copies of an invocation, after the last of which is waited; give JMH the same {@code -opi}. */
  @Param("1")
  public int calls;

  private @Nullable TimedTransfer timed;

  /** Opens it, does it once and verifies it. */
  @Setup(Level.Trial)
  public void open() {
    open(Backends.named("backend", backend));
  }

  void open(Backend chosen) {
    TimedTransfer opened =
        TimedTransfer.open(
            chosen,
            Math.toIntExact((long) bytes(size)),
            Labelled.of(HostMemory.class, "memory", memory),
            Labelled.of(Direction.class, "direction", direction),
            new Resources(1));
    timed = opened;
    opened.run(1);
    Verification.tell(When.BEFORE, opened.verify());
  }

  /** Back to the first operands. */
  @Setup(Level.Iteration)
  public void reset() {
    timed().reset();
  }

  /** Copies. */
  @Benchmark
  public void copy() {
    OwnClock.add(timed().run(calls));
  }

  /** Verifies the same arrays. */
  @TearDown(Level.Trial)
  public void close() {
    try (TimedTransfer last = timed()) {
      Verification.tell(When.AFTER, last.verify());
    }
  }

  private TimedTransfer timed() {
    TimedTransfer opened = timed;
    if (opened == null) {
      throw new IllegalStateException("not opened");
    }
    return opened;
  }

  /** Bytes that a copy moves: what crosses the bus, once. */
  public static double bytes(int size) {
    return size * 1024.0;
  }
}
