package dev.lockstep.bench.timing;

import dev.lockstep.agreement.SampleTally;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Evaluation;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.backend.Work;
import dev.lockstep.data.Digits;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.CopiedSymmetry;
import dev.lockstep.symmetry.Digest;
import java.util.Collections;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * One epoch of the embedded digits, from reading the data to the trained parameters.
 *
 * @param width units of a hidden layer
 * @param depth hidden layers
 * @param batch rows of a step
 */
public record DigitsEpoch(
    Backend backend,
    int width,
    int depth,
    int batch,
    Activation activation,
    Initialization initialization,
    LearningRate learningRate,
    Resources resources) {

  private static final long SEED = 20261124;
  private static final int INPUTS = 64;
  private static final int CLASSES = 10;
  private static final int TRAIN_ROWS = 1347;
  private static final int TEST_ROWS = 450;

  /**
   * The result of an epoch.
   *
   * @param losses losses of the steps
   * @param evaluation evaluation of the test rows after the epoch
   * @param parameters parameters after the epoch
   */
  public record Result(List<Double> losses, Evaluation evaluation, Parameters parameters) {}

  /**
   * Runs the epoch.
   *
   * @throws dev.lockstep.backend.UnavailableException if the backend cannot run this here
   */
  public Result run() {
    return run(backend);
  }

  private Result run(Backend by) {
    Workload workload = workload(by);
    try (Trainer trainer = by.open(workload, resources)) {
      double[] losses = trainer.run(workload.batches().stepsPerEpoch());
      return new Result(
          DoubleStream.of(losses).boxed().toList(),
          trainer.evaluate(workload.data().test()),
          trainer.parameters());
    }
  }

  private Workload workload(Backend by) {
    Scenario scenario =
        new Scenario(
            new DataSource.EmbeddedDigits(),
            Collections.nCopies(depth, width),
            activation,
            initialization,
            learningRate,
            batch,
            TRAIN_ROWS / batch,
            SEED);
    return TimedSteps.prepared(by, scenario, Digits.load());
  }

  /**
   * Verifies a result of {@link #run}. On an exact backend it must have the bits of the same epoch
   * on another exact backend. On a library it must have the bits of the same steps on a second
   * trainer of that library, two steps of which are partly recomputed as {@link TimedSteps} does.
   */
  public SampleTally verify(Result result) {
    SampleTally tally =
        backend.kind() == Kind.EXACT ? againstAnother(result) : againstItself(result);
    boolean finite = result.losses.stream().allMatch(Double::isFinite);
    return finite && Double.isFinite(result.evaluation.loss())
        ? tally
        : tally.contradictedBy("a loss was not finite: the steps after it did nothing");
  }

  private SampleTally againstAnother(Result result) {
    Result expected = run(VerifiedWork.judgeOf(backend));
    SampleTally tally = SampleTally.ofEqual(0);
    for (Parameters.Entry entry : expected.parameters.entries()) {
      String name = entry.name();
      tally.all(name, entry.matrix(), binary32(result.parameters.get(name)));
    }
    if (!result.losses.equals(expected.losses)) {
      return tally.contradictedBy("other losses of steps: " + result.losses);
    }
    return result.evaluation.equals(expected.evaluation)
        ? tally
        : tally.contradictedBy(result.evaluation + ", expected " + expected.evaluation);
  }

  private static FloatMatrix binary32(Matrix matrix) {
    return matrix instanceof FloatMatrix floats ? floats : (FloatMatrix) matrix.copy();
  }

  private SampleTally againstItself(Result result) {
    Workload workload = workload(backend);
    try (TimedSteps steps = TimedSteps.open(backend, workload, resources, Work.Submission.GRAPH)) {
      SampleTally tally = steps.verify();
      steps.reset();
      steps.run(workload.batches().stepsPerEpoch());
      List<Digest> left = CopiedSymmetry.digests(result.parameters);
      return left.equals(steps.digests())
          ? tally
          : tally.contradictedBy("repeating the same steps leaves other bits");
    }
  }

  /**
   * Returns the additions and multiplications of the products of an epoch: for each step and layer
   * 2 B in out for each of A B, A^T B and A B^T, except the gradient of the input; and for each
   * layer of the evaluation 2 rows in out.
   */
  public static double flops(int width, int depth, int batch) {
    double between = (depth - 1.0) * width * width;
    double first = (double) INPUTS * width;
    double last = (double) CLASSES * width;
    double ofRow = 2 * (2 * first + 3 * between + 3 * last);
    double rows = (double) (TRAIN_ROWS / batch) * batch;
    return rows * ofRow + 2 * TEST_ROWS * (first + between + last);
  }
}
