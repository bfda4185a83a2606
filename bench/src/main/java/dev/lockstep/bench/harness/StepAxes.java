package dev.lockstep.bench.harness;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Work;
import dev.lockstep.bench.timing.TimedSteps;
import dev.lockstep.data.Dataset;
import dev.lockstep.input.Labelled;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.LearningRate;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import java.util.Collections;
import org.openjdk.jmh.annotations.Param;

/** The axes of all benchmarks of steps. */
public abstract class StepAxes extends WorkBenchmark<TimedSteps> {
  static final long SEED = 20261124;

  /**
   * The data source; its features are drawn at random, and steps read the rows in turn as in
   * training.
   */
  @Param("teacher:784x10")
  public String data = "";

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

  /**
   * {@code random} or {@code equal}. It affects how often bits flip in a GPU, and so its power
   * draw.
   */
  @Param("random")
  public String init = "";

  /** Threads of a backend on the CPU. */
  @Param("1")
  public int threads;

  /** How a step is submitted to a device, {@code graph} or {@code eager}; ignored on the CPU. */
  @Param("graph")
  public String submission = "";

  /** Opens a trainer with these axes, at step 0. */
  @Override
  TimedSteps work(Backend chosen) {
    return opened(chosen, workload(chosen));
  }

  final TimedSteps opened(Backend chosen, Workload workload) {
    return TimedSteps.open(
        chosen,
        workload,
        new Resources(threads),
        Labelled.of(Work.Submission.class, "submission", submission));
  }

  /** Makes data and parameters for these axes on the host. */
  final Workload workload(Backend chosen) {
    DataSource source = DataSource.parse("data", data);
    Activation function = Labelled.of(Activation.class, "activation", activation);
    Scenario scenario =
        new Scenario(
            source,
            Collections.nCopies(depth, width),
            function,
            initialization(init, function),
            learningRate(init),
            batch,
            1,
            SEED);
    Dataset rows = source.load(SEED);
    return TimedSteps.prepared(chosen, scenario, rows);
  }

  /** Returns the initialisation that {@code random} or {@code equal} stands for. */
  static Initialization initialization(String init, Activation function) {
    return init.equals("random")
        ? Initialization.usual(function)
        : Initialization.parse("init", init);
  }

  /**
   * Returns a rate small enough for every width and depth that is timed, because a loss that
   * overflows stops training.
   */
  static LearningRate learningRate(String init) {
    return init.equals("random") ? new LearningRate.Uniform(0.01) : new LearningRate.Quotient(0.01);
  }
}
