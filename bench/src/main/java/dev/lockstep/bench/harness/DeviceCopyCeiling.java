package dev.lockstep.bench.harness;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.harness.Verification.When;
import dev.lockstep.bench.timing.TimedDeviceCopy;
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
 * The rate at which a device copies its own memory: the ceiling of operations that compute little.
 * With a footprint that its cache cannot hold, it is that of the memory.
 *
 * <p>Every byte is verified before the first iteration and, of what the last timed call left
 * behind, after the last.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.LARGE_PAGES, Jvm.NATIVE, Jvm.COLLECTOR})
public class DeviceCopyCeiling {

  /** On a device; all share its copies. */
  @Param("cuda")
  public String backend = "";

  /** KiB of source and target together, a multiple of 8. */
  @Param("2097152")
  public int footprint;

  /** Copies of an invocation, after the last of which is waited; give JMH the same {@code -opi}. */
  @Param("1")
  public int calls;

  private @Nullable TimedDeviceCopy timed;

  /** Opens it, does it once and verifies it. */
  @Setup(Level.Trial)
  public void open() {
    open(Backends.named("backend", backend));
  }

  void open(Backend chosen) {
    TimedDeviceCopy opened = TimedDeviceCopy.open(chosen, footprint / 2, new Resources(1));
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
    try (TimedDeviceCopy last = timed()) {
      Verification.tell(When.AFTER, last.verify());
    }
  }

  private TimedDeviceCopy timed() {
    TimedDeviceCopy opened = timed;
    if (opened == null) {
      throw new IllegalStateException("not opened");
    }
    return opened;
  }

  /** Bytes read and written by a copy. */
  public static double bytes(int footprint) {
    return footprint * 1024.0;
  }
}
