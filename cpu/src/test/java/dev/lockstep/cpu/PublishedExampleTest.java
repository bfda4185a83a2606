package dev.lockstep.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Probe;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.data.Dataset;
import dev.lockstep.data.Examples;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Dense;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.Workload;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A worked example of backpropagation with somebody else's numbers: a network of two inputs, two
 * ReLU units and three classes under softmax cross-entropy, one row. Loss and gradients are those
 * of g-eoj, "cs231n Two-Layer Backprop Mathematics Example", a notebook on the two-layer network of
 * Stanford's course CS231n (assignment 1, 2017), at
 * https://github.com/g-eoj/cs231n/blob/master/cs231n-two-layer-backprop-math.ipynb (revision
 * fc564758), where they are worked out by hand and compared with a NumPy implementation.
 *
 * <p>The notebook takes no step; here one of rate 1/2 follows from its gradients.
 */
final class PublishedExampleTest {

  private static final float RATE = 0.5f;

  /** Twelve decimals are printed. */
  private static final double PRINTED = 0.5e-12;

  /**
   * The delta of the hidden layer is printed after a product of the rounded numbers above it with
   * W2, whose rows have the absolute sums 0.39 and 0.07.
   */
  private static final double HIDDEN = PRINTED + 0.39 * PRINTED;

  /** In binary32 a handful of operations on numbers below 4, the inputs' products included. */
  private static final double BINARY32 = 32 * 0x1p-24;

  private static final double[] W1 = {0.18, 0.04, 0.1, 0.22};
  private static final double[] W2 = {0.19, -0.1, 0.1, -0.02, -0.01, 0.04};
  private static final double[] DW1 = {-0.090933756736, 0, 0.034100158776, 0};
  private static final double[] DB1 = {-0.005683359796, 0};
  private static final double[] DW2 = {0.978240210068, 0.504998396209, -1.483238606277, 0, 0, 0};
  private static final double[] DB2 = {0.429052723714, 0.221490524653, -0.650543248367};

  static List<Backend> backends() {
    return List.of(new DoubleBackend(), new ScalarBackend(), new VectorBackend());
  }

  @ParameterizedTest
  @MethodSource("backends")
  void twoReluUnitsAndThreeClasses(Backend backend) {
    try (Trainer trainer = backend.open(workload(), new Resources(1))) {
      Probe probe = trainer.probe();
      Comparison comparison = new Comparison(backend.kind());
      // 2.28 and 0.4332, -0.228, 0.228 are the whole numbers, not rounded ones.
      comparison.near(0, probe.activations().get(0), 2.28, 0);
      comparison.near(0, probe.activations().get(1), 0.4332, -0.228, 0.228);
      comparison.near(PRINTED, probe.loss(), 1.051375468504);
      comparison.near(PRINTED, probe.deltas().get(1), DB2);
      comparison.near(HIDDEN, probe.deltas().get(0), DB1);
      Parameters gradients = probe.gradients();
      comparison.near(PRINTED + 2.28 * PRINTED, gradients.weights(1), DW2);
      comparison.near(PRINTED, gradients.bias(1), DB2);
      comparison.near(PRINTED + 16 * HIDDEN, gradients.weights(0), DW1);
      comparison.near(HIDDEN, gradients.bias(0), DB1);

      Parameters after = trainer.parameters();
      comparison.near(PRINTED + 16 * HIDDEN, after.weights(0), stepped(W1, DW1));
      comparison.near(HIDDEN, after.bias(0), stepped(new double[2], DB1));
      comparison.near(PRINTED + 2.28 * PRINTED, after.weights(1), stepped(W2, DW2));
      comparison.near(PRINTED, after.bias(1), stepped(new double[3], DB2));
    }
  }

  /**
   * Compares with printed numbers.
   *
   * @param kind of the backend, which says how much rounding to add
   */
  private record Comparison(Kind kind) {

    void near(double printed, Matrix actual, double... expected) {
      assertThat(actual.widened().data()).containsExactly(expected, offset(printed));
    }

    void near(double printed, double actual, double expected) {
      assertThat(actual).isCloseTo(expected, offset(printed));
    }

    private Offset<Double> offset(double printed) {
      // Binary64 rounds a few million times finer than was printed.
      return Offset.offset(printed + (kind == Kind.ORACLE ? 0x1p-48 : BINARY32));
    }
  }

  private static double[] stepped(double[] before, double[] gradient) {
    double[] after = new double[before.length];
    for (int i = 0; i < after.length; i++) {
      after[i] = before[i] - RATE * gradient[i];
    }
    return after;
  }

  private static Workload workload() {
    Network network = new Network(2, List.of(2), Activation.RELU, 3);
    Examples row = new Examples(new float[] {16, -6}, new int[] {2}, 2);
    return new Workload(
        network,
        Dense.parameters(
            List.of(new DoubleMatrix(2, 2, W1), new DoubleMatrix(2, 3, W2)),
            List.of(new DoubleMatrix(1, 2), new DoubleMatrix(1, 3))),
        Loss.CROSS_ENTROPY,
        Dense.sgd(List.of(RATE, RATE), List.of(RATE, RATE)),
        new Dataset("published example", 2, 3, row, row),
        1,
        0);
  }
}
