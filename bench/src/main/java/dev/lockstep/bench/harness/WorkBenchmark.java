package dev.lockstep.bench.harness;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.bench.harness.Verification.When;
import dev.lockstep.bench.timing.VerifiedWork;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * A benchmark of verified work of one backend. The work runs once and is verified before the first
 * iteration, and is verified again after the last, on the objects that are timed. Every iteration
 * starts from the same state, the first after {@link Settling}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.LARGE_PAGES, Jvm.NATIVE, Jvm.COLLECTOR})
public abstract class WorkBenchmark<W extends VerifiedWork> {
  @Param("vector")
  public String backend = "";

  private @Nullable W opened;

  /** Returns the calls per invocation, which waits only for the last. */
  abstract int calls();

  /** Opens the work. */
  abstract W work(Backend chosen);

  /** Returns the open work. */
  final W work() {
    W work = opened;
    if (work == null) {
      throw new IllegalStateException("not opened");
    }
    return work;
  }

  /** Returns the backend. */
  final Backend chosen() {
    return Backends.named("backend", backend);
  }

  /** Opens the work, runs it once, verifies it and waits for the compiler to finish. */
  @Setup(Level.Trial)
  public void open(BenchmarkParams run) {
    open(chosen());
    reset();
    Settling.before(run.getWarmup(), () -> work().run(calls()));
  }

  void open(Backend chosen) {
    W work = work(chosen);
    opened = work;
    work.run(1);
    Verification.tell(When.BEFORE, work.verify());
  }

  /** Resets the work to its first state. */
  @Setup(Level.Iteration)
  public void reset() {
    work().reset();
  }

  /** Runs an invocation; this is what a benchmark times. */
  final void run() {
    OwnClockProfiler.add(work(), calls());
  }

  /** Verifies the timed objects and closes the work. */
  @TearDown(Level.Trial)
  public void close() {
    try (W last = work()) {
      if (!last.idle().isEmpty()) {
        throw new IllegalStateException(last.idle() + ": the steps after it did nothing");
      }
      Verification.tell(When.AFTER, last.verify());
    }
  }
}
