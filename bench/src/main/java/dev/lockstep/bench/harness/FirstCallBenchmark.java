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
 * Times the first step in a fresh JVM, starting without a trainer, CUDA libraries or a context. The
 * time includes loading classes and libraries, compiling kernels, uploading, and running code that
 * is not yet compiled. It excludes the start of the JVM, JMH's own classes, and the data and
 * initial parameters, which are made on the host before.
 *
 * <p>Each fork gives one figure, which can only be verified afterwards: repeating the first step
 * from the start must leave the same parameters, and two steps of the same trainer are partly
 * recomputed ({@link TimedSteps}).
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

  /** Prepares data and parameters without opening a trainer. */
  @Override
  public void open(BenchmarkParams run) {
    prepare(chosen());
  }

  void prepare(Backend backendOfTrial) {
    chosen = backendOfTrial;
    workload = workload(backendOfTrial);
  }

  /** Does nothing, because no trainer is open yet. */
  @Override
  public void reset() {}

  /** Opens everything and runs a step. */
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

  /** Verifies the parameters that the first step left, and two steps of the same trainer. */
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
