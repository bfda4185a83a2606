package dev.lockstep.bench.harness;

import dev.lockstep.backend.Backend;
import dev.lockstep.bench.harness.Verification.When;
import dev.lockstep.bench.timing.TimedSteps;
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
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * The whole training step: rows gathered, forward, loss, backward, update. An invocation does
 * {@link #steps} of them and waits for the last; give JMH that number as {@code -opi}, so that it
 * reports the time of one.
 *
 * <p>Every iteration starts from the initial parameters, the first after {@link Settling}. Two
 * steps are verified before the first iteration and after the last, on the trainer that is timed
 * ({@link TimedSteps}).
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.LARGE_PAGES, Jvm.NATIVE, Jvm.COLLECTOR})
public class StepBenchmark extends StepAxes {
  /** Steps of an invocation. */
  @Param("10")
  public int steps;

  private @Nullable TimedSteps timed;

  /** Opens the trainer and verifies two steps of it. */
  @Setup(Level.Trial)
  public void open(BenchmarkParams run) {
    open(chosen());
    timed().reset();
    Settling.before(run.getWarmup(), () -> timed().run(1));
  }

  void open(Backend chosen) {
    TimedSteps opened = opened(chosen, workload(chosen));
    timed = opened;
    Verification.tell(When.BEFORE, opened.verify());
  }

  /** Back to the initial parameters. */
  @Setup(Level.Iteration)
  public void reset() {
    timed().reset();
  }

  /** Runs the steps. */
  @Benchmark
  public void step() {
    OwnClock.add(timed().run(steps));
  }

  /** Verifies two steps of the same trainer. */
  @TearDown(Level.Trial)
  public void close() {
    try (TimedSteps last = timed()) {
      if (!last.allFinite()) {
        throw new IllegalStateException("a loss was not finite: the steps after it did nothing");
      }
      Verification.tell(When.AFTER, last.verify());
    }
  }

  private TimedSteps timed() {
    TimedSteps opened = timed;
    if (opened == null) {
      throw new IllegalStateException("not opened");
    }
    return opened;
  }
}
