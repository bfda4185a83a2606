package dev.lockstep.bench.cells;

import static dev.lockstep.bench.cells.PlainArithmetic.matrix;

import dev.lockstep.agreement.Difference;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Evaluation;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.data.Dataset;
import dev.lockstep.data.Examples;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Learning;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.Workload;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A network of so few bits that a step and an evaluation are exact, and the same network at a rate
 * at which its loss overflows.
 *
 * <p>Features and weights are 0, 1/2 or 1 in magnitude and biases are multiples of 1/4, so that all
 * numbers of a step are multiples of 1/1024 below 64 and operands of products have at most eight
 * significant bits, which bfloat16 holds. With squared error and a rate of 1/4 nothing is rounded,
 * whatever the order of addition or the precision, apart from the mean loss of the test rows.
 *
 * <p>The network has one hidden layer of ReLUs. Its outputs for the classes 1 and 2 are always
 * equal.
 */
final class SmallTraining {

  private static final int INPUTS = 4;
  private static final int UNITS = 3;
  private static final int CLASSES = 4;

  /** A power of two, so that the mean is exact. All training rows make up a batch. */
  private static final int BATCH = 8;

  private static final int TEST_ROWS = 29;
  private static final double RATE = 0.25;

  /** The output biases grow by this factor in each step, in binary64 for a dozen steps. */
  private static final double LARGE_RATE = 0x1p40;

  private static final int STEPS_TO_OVERFLOW = 20;

  /** The cases of {@link #first}. */
  static final int CASES = 3;

  private static final Network NETWORK =
      new Network(INPUTS, List.of(UNITS), Activation.RELU, CLASSES);

  private final Dataset data;
  private final FloatMatrix w1 = drawn(INPUTS, UNITS, 1, 0.5f, -2, 2);
  private final FloatMatrix b1 = drawn(1, UNITS, 2, 0.25f, -1, 2);
  private final FloatMatrix w2 = alike(drawn(UNITS, CLASSES, 3, 1, -1, 1));
  private final FloatMatrix b2 = matrix(1, CLASSES, c -> c == 1 || c == 2 ? 0.75f : -0.5f);

  /** That of the first exact backend. */
  private @Nullable Overflow overflow;

  SmallTraining() {
    data =
        new Dataset("a network of few bits", INPUTS, CLASSES, rows(BATCH, 5), rows(TEST_ROWS, 6));
  }

  /** Returns multiples of a unit in a range. */
  private static FloatMatrix drawn(
      int rows, int columns, int seed, float unit, int least, int most) {
    Random random = new Random(seed);
    return matrix(rows, columns, _ -> unit * random.nextInt(least, most + 1));
  }

  /** Makes the columns of the classes 1 and 2 equal. */
  private static FloatMatrix alike(FloatMatrix matrix) {
    for (int i = 0; i < matrix.rows(); i++) {
      matrix.data()[i * CLASSES + 2] = matrix.data()[i * CLASSES + 1];
    }
    return matrix;
  }

  private static Examples rows(int count, int seed) {
    Random random = new Random(seed);
    int[] labels =
        IntStream.range(0, count).map(i -> i % 2 == 0 ? 1 : random.nextInt(CLASSES)).toArray();
    return new Examples(drawn(count, INPUTS, 10 + seed, 0.5f, -2, 2).data(), labels, INPUTS);
  }

  private Workload workload(double rate) {
    return new Workload(
        NETWORK,
        Parameters.of(NETWORK.parameters(), each -> initial(each.name())),
        Loss.SQUARED_ERROR,
        Learning.sgd(new LearningRate.Uniform(rate)).optimizer(NETWORK),
        data,
        BATCH,
        1);
  }

  private FloatMatrix initial(String name) {
    return switch (name) {
      case "W1" -> w1;
      case "b1" -> b1;
      case "W2" -> w2;
      case "b2" -> b2;
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** The losses and the last parameters of a training whose loss overflows. */
  private record Overflow(DoubleMatrix losses, Parameters last) {}

  /**
   * Returns what is wrong first: of the evaluation, of the step, or of the stop at a loss that is
   * not finite.
   */
  Optional<Agreement> first(Backend backend, Resources resources, int number) {
    try (Trainer trainer = backend.open(workload(RATE), resources)) {
      Optional<Difference> difference = evaluated(trainer.evaluate(data.test()));
      if (difference.isPresent()) {
        return Optional.of(Agreement.edgeCase(number + 1, difference.get()));
      }
      difference = stepped(trainer);
      if (difference.isPresent()) {
        return Optional.of(Agreement.edgeCase(number + 2, difference.get()));
      }
    }
    return stopped(backend, resources)
        .map(reason -> Agreement.edgeCase(number + 3, "overflow of the loss: " + reason));
  }

  private Optional<Difference> evaluated(Evaluation actual) {
    Naive naive = new Naive(data.test());
    int right = 0;
    for (int i = 0; i < TEST_ROWS; i++) {
      int largest = 0;
      for (int c = 0; c < CLASSES; c++) {
        largest = naive.outputs[i][c] > naive.outputs[i][largest] ? c : largest;
      }
      right += largest == data.test().labels()[i] ? 1 : 0;
    }
    double accuracy = (double) right / TEST_ROWS;
    return number("loss of an exact evaluation", naive.loss, actual.loss())
        .or(() -> number("accuracy of an exact evaluation", accuracy, actual.accuracy()));
  }

  private static Optional<Difference> number(String name, double expected, double actual) {
    return Difference.first(
        0,
        name,
        new DoubleMatrix(1, 1, new double[] {expected}),
        new DoubleMatrix(1, 1, new double[] {actual}));
  }

  private Optional<Difference> stepped(Trainer trainer) {
    Naive naive = new Naive(data.train());
    double loss = trainer.run(1)[0];
    Parameters after = trainer.parameters();
    return number("loss of an exact step", naive.loss, loss)
        .or(() -> parameter(after, "W1", naive.w1))
        .or(() -> parameter(after, "b1", naive.b1))
        .or(() -> parameter(after, "W2", naive.w2))
        .or(() -> parameter(after, "b2", naive.b2));
  }

  private static Optional<Difference> parameter(
      Parameters after, String name, DoubleMatrix expected) {
    Matrix actual = after.get(name);
    Matrix known =
        actual instanceof DoubleMatrix
            ? expected
            : matrix(expected.rows(), expected.columns(), i -> (float) expected.value(i));
    return Difference.first(0, "exact step, " + name, known, actual);
  }

  /** The step and the evaluation in binary64, which is exact here, row by row. */
  private final class Naive {
    private final double[][] outputs;
    private final double loss;
    private final DoubleMatrix w1 = SmallTraining.this.w1.widened();
    private final DoubleMatrix b1 = SmallTraining.this.b1.widened();
    private final DoubleMatrix w2 = SmallTraining.this.w2.widened();
    private final DoubleMatrix b2 = SmallTraining.this.b2.widened();

    Naive(Examples rows) {
      int count = rows.rows();
      outputs = new double[count][CLASSES];
      double sum = 0;
      for (int i = 0; i < count; i++) {
        double[] z = new double[UNITS];
        double[] delta = new double[CLASSES];
        for (int j = 0; j < UNITS; j++) {
          z[j] = SmallTraining.this.b1.value(j);
          for (int k = 0; k < INPUTS; k++) {
            z[j] += rows.features()[i * INPUTS + k] * SmallTraining.this.w1.value(k * UNITS + j);
          }
        }
        for (int c = 0; c < CLASSES; c++) {
          outputs[i][c] = SmallTraining.this.b2.value(c);
          for (int j = 0; j < UNITS; j++) {
            outputs[i][c] += Math.max(0, z[j]) * SmallTraining.this.w2.value(j * CLASSES + c);
          }
          delta[c] = outputs[i][c] - (c == rows.labels()[i] ? 1 : 0);
          sum += delta[c] * delta[c] / 2;
        }
        learn(rows, i, z, delta);
      }
      loss = sum / count;
    }

    private void learn(Examples rows, int i, double[] z, double[] delta) {
      double rate = RATE / rows.rows();
      for (int c = 0; c < CLASSES; c++) {
        b2.data()[c] -= rate * delta[c];
      }
      for (int j = 0; j < UNITS; j++) {
        double below = 0;
        for (int c = 0; c < CLASSES; c++) {
          w2.data()[j * CLASSES + c] -= rate * Math.max(0, z[j]) * delta[c];
          below += z[j] > 0 ? delta[c] * SmallTraining.this.w2.value(j * CLASSES + c) : 0;
        }
        b1.data()[j] -= rate * below;
        for (int k = 0; k < INPUTS; k++) {
          w1.data()[k * UNITS + j] -= rate * rows.features()[i * INPUTS + k] * below;
        }
      }
    }
  }

  /**
   * Trains at a rate at which the loss overflows, and checks that training stops there for good.
   */
  private Optional<String> stopped(Backend backend, Resources resources) {
    try (Trainer trainer = backend.open(workload(LARGE_RATE), resources)) {
      Parameters before = trainer.parameters();
      double[] losses = new double[STEPS_TO_OVERFLOW];
      OptionalLong owed = OptionalLong.empty();
      for (int step = 1; step <= STEPS_TO_OVERFLOW; step++) {
        losses[step - 1] = trainer.run(1)[0];
        if (owed.isEmpty() && !Double.isFinite(losses[step - 1])) {
          owed = OptionalLong.of(step);
        }
        Optional<String> wrong = Stop.wrong(owed, Contender.stop(trainer));
        if (wrong.isPresent()) {
          return wrong;
        }
        Parameters after = trainer.parameters();
        Optional<Difference> moved =
            owed.isEmpty() ? Optional.empty() : Difference.first(step, before, after);
        if (moved.isPresent()) {
          return Optional.of("it must end all updates, but " + moved.get());
        }
        before = after;
      }
      return owed.isEmpty()
          ? Optional.of("the loss was finite in each of " + STEPS_TO_OVERFLOW + " steps")
          : unlike(backend, losses, before).map(Difference::toString);
    }
  }

  /** Returns the first difference of an exact backend from the first exact backend. */
  private Optional<Difference> unlike(Backend backend, double[] losses, Parameters last) {
    if (backend.kind() != Kind.EXACT) {
      return Optional.empty();
    }
    Overflow known = overflow;
    if (known == null) {
      overflow = new Overflow(new DoubleMatrix(1, losses.length, losses), last);
      return Optional.empty();
    }
    return Difference.first(
            STEPS_TO_OVERFLOW, "losses", known.losses, new DoubleMatrix(1, losses.length, losses))
        .or(() -> Difference.first(STEPS_TO_OVERFLOW, known.last, last));
  }
}
