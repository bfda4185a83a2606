package dev.lockstep.bench.harness;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.harness.Verification.When;
import dev.lockstep.bench.timing.TimedSteps;
import dev.lockstep.data.Dataset;
import dev.lockstep.gpu.training.DeviceTimers;
import dev.lockstep.gpu.training.Submission;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Labelled;
import dev.lockstep.model.LearningRate;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import java.util.Collections;
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
 * The whole training step: rows gathered, forward, loss, backward, update. An invocation does
 * {@link #steps} of them and waits for the last; give JMH that number as {@code -opi}, so that it
 * reports the time of one.
 *
 * <p>Every iteration starts from the initial parameters. Two steps are verified before the first
 * iteration and after the last, on the trainer that is timed ({@link TimedSteps}).
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 3,
    jvmArgsAppend = {Jvm.VECTOR, Jvm.LARGE_PAGES, Jvm.NATIVE, Jvm.COLLECTOR})
public class StepBenchmark {
  private static final long SEED = 20261124;

  /** Rows whose features are drawn: steps read them in turn, as in training. */
  @Param("teacher:784x10")
  public String data = "";

  @Param("vector")
  public String backend = "";

  /** Units of a hidden layer. */
  @Param("1024")
  public int width;

  /** Hidden layers. */
  @Param("2")
  public int depth;

  /** Rows of a step. */
  @Param("256")
  public int batch;

  @Param("tanh")
  public String activation = "";

  /** {@code random} or {@code equal}: it decides how often a GPU's bits flip, and so its power. */
  @Param("random")
  public String init = "";

  /** Of a backend on the CPU. */
  @Param("1")
  public int threads;

  /** How a step gets to a device, {@code graph} or {@code eager}; on the CPU it says nothing. */
  @Param("graph")
  public String submission = "";

  /** Steps of an invocation. */
  @Param("10")
  public int steps;

  private @Nullable TimedSteps timed;

  /** Opens the trainer and verifies two steps of it. */
  @Setup(Level.Trial)
  public void open() {
    Backend chosen = Backends.named("backend", backend);
    TimedSteps opened =
        TimedSteps.open(
            chosen,
            workload(chosen),
            new Resources(threads),
            Labelled.of(Submission.class, "submission", submission));
    timed = opened;
    Verification.tell(When.BEFORE, opened.verify());
  }

  private Workload workload(Backend chosen) {
    DataSource source = DataSource.parse("data", data);
    Activation function = Labelled.of(Activation.class, "activation", activation);
    Scenario scenario =
        new Scenario(
            source,
            Collections.nCopies(depth, width),
            function,
            initialization(function),
            learningRate(),
            batch,
            steps,
            SEED);
    Dataset rows = source.load(SEED);
    return chosen instanceof DeviceTimers
        ? scenario.prepareOnReading(rows)
        : scenario.prepare(rows);
  }

  private Initialization initialization(Activation function) {
    if (!init.equals("random")) {
      return Initialization.parse("init", init);
    }
    return switch (function) {
      case IDENTITY, TANH -> new Initialization.Glorot(Initialization.Distribution.UNIFORM);
      case RELU -> new Initialization.He(Initialization.Distribution.NORMAL);
    };
  }

  /** Small enough for every width and depth that is timed: a loss that overflows stops the work. */
  private LearningRate learningRate() {
    return init.equals("random") ? new LearningRate.Uniform(0.01) : new LearningRate.Quotient(0.01);
  }

  /** Back to the initial parameters. */
  @Setup(Level.Iteration)
  public void reset() {
    timed().reset();
  }

  /** Runs the steps. */
  @Benchmark
  public void step() {
    DeviceClock.add(timed().run(steps));
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
