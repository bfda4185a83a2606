package dev.lockstep.bench.harness;

import dev.lockstep.agreement.SampleTally;
import dev.lockstep.backend.Backend;
import dev.lockstep.bench.harness.Verification.When;
import dev.lockstep.bench.timing.TimedSteps;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.Digest;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * The first step in a fresh JVM: from nothing, neither trainer nor CUDA's libraries nor a context,
 * to the end of the first step. Loading of classes and libraries, compilation of kernels, upload
 * and code that is not compiled yet are in it; the start of the JVM, JMH's own classes, and data
 * and initial parameters, which are made on the host before, are not.
 *
 * <p>Each fork gives one figure. It can only be verified afterwards: the parameters that the first
 * step left must be those of a first step from the start again, and two steps of the same trainer
 * are recomputed in part ({@link TimedSteps}).
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Fork(
    value = 10,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.LARGE_PAGES, Jvm.NATIVE, Jvm.COLLECTOR})
public class FirstCallBenchmark extends StepAxes {
  private @Nullable Backend chosen;
  private @Nullable Workload workload;
  private @Nullable TimedSteps timed;

  /** Makes data and parameters, and opens nothing. */
  @Override
  public void open(BenchmarkParams run) {
    prepare(chosen());
  }

  void prepare(Backend backendOfTrial) {
    chosen = backendOfTrial;
    workload = workload(backendOfTrial);
  }

  /** There is nothing yet. */
  @Override
  public void reset() {}

  /** Opens everything and does a step. */
  @Benchmark
  public void firstStep() {
    if (timed != null) {
      throw new IllegalStateException("this is not the first call: a fork has one iteration");
    }
    TimedSteps opened = opened(present(chosen), present(workload));
    timed = opened;
    opened.run(1);
  }

  @Override
  int calls() {
    return 1;
  }

  /** Verifies what it left, and two steps of the same trainer. */
  @Override
  public void close() {
    try (TimedSteps last = present(timed)) {
      List<Digest> left = last.digests();
      last.reset();
      last.run(1);
      boolean same = left.equals(last.digests());
      SampleTally tally = last.verify();
      Verification.tell(
          When.AFTER,
          same
              ? tally
              : tally.contradictedBy("repeating the first step from the start leaves other bits"));
    }
  }

  private static <T> T present(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("not opened");
    }
    return value;
  }
}
