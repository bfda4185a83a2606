package dev.lockstep.bench.harness;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.harness.Verification.When;
import dev.lockstep.bench.timing.DigitsEpoch;
import dev.lockstep.input.Labelled;
import dev.lockstep.model.Activation;
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
 * Times an epoch of the embedded digits from end to end: it reads the rows, draws the parameters,
 * opens a trainer, trains once on every whole batch of the 1347 training rows, evaluates the 450
 * test rows, fetches the parameters and closes the trainer.
 *
 * <p>{@link #cold} times the first epoch of a fresh JVM, without the start of the JVM. {@link
 * #warm} times epochs after others in the same JVM; each opens and closes everything.
 *
 * <p>Losses, evaluation and parameters of the last timed epoch are verified ({@link DigitsEpoch}).
 * A warm benchmark also verifies an epoch before timing; a cold one cannot, because the timed epoch
 * is the JVM's first.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EpochBenchmark {
  @Param("vector")
  public String backend = "";

  /** Units of a hidden layer. */
  @Param("1024")
  public int width;

  /** Hidden layers. */
  @Param("2")
  public int depth;

  /** Rows of a step, at most 1347. */
  @Param("32")
  public int batch;

  @Param("tanh")
  public String activation = "";

  /** {@code random} or {@code equal}. */
  @Param("random")
  public String init = "";

  /** Threads of a backend on the CPU. */
  @Param("1")
  public int threads;

  private @Nullable Backend chosen;
  private DigitsEpoch.@Nullable Result last;

  /** Chooses the backend. */
  @Setup(Level.Trial)
  public void choose() {
    chosen = Backends.named("backend", backend);
  }

  void choose(Backend other) {
    chosen = other;
  }

  /** Runs the first epoch in a JVM. */
  @Benchmark
  @Warmup(iterations = 0)
  @Measurement(iterations = 1)
  @Fork(
      value = 10,
      jvmArgsAppend = {Jvm.VECTOR, Jvm.LARGE_PAGES, Jvm.NATIVE, Jvm.COLLECTOR})
  public void cold() {
    if (last != null) {
      throw new IllegalStateException("this is not the first epoch: a fork has one iteration");
    }
    last = epoch().run();
  }

  /** Runs an epoch after others. */
  @Benchmark
  @Warmup(iterations = 10)
  @Measurement(iterations = 10)
  @Fork(
      value = 3,
      jvmArgsAppend = {Jvm.VECTOR, Jvm.LARGE_PAGES, Jvm.NATIVE, Jvm.COLLECTOR})
  public void warm(Earlier earlier) {
    last = epoch().run();
  }

  /** Verifies an epoch before warm epochs are timed. */
  @State(Scope.Benchmark)
  public static class Earlier {
    /** Runs and verifies one epoch. */
    @Setup(Level.Trial)
    public void verify(EpochBenchmark benchmark) {
      DigitsEpoch epoch = benchmark.epoch();
      Verification.tell(When.BEFORE, epoch.verify(epoch.run()));
    }
  }

  /** Verifies the result of the last epoch. */
  @TearDown(Level.Trial)
  public void verify() {
    DigitsEpoch.Result result = last;
    if (result == null) {
      throw new IllegalStateException("no epoch was run");
    }
    Verification.tell(When.AFTER, epoch().verify(result));
  }

  private DigitsEpoch epoch() {
    Backend backendOfTrial = chosen;
    if (backendOfTrial == null) {
      throw new IllegalStateException("no backend was chosen");
    }
    Activation function = Labelled.of(Activation.class, "activation", activation);
    return new DigitsEpoch(
        backendOfTrial,
        width,
        depth,
        batch,
        function,
        StepAxes.initialization(init, function),
        StepAxes.learningRate(init),
        new Resources(threads));
  }
}
