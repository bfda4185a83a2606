package dev.lockstep.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.backend.Backend;
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
import java.util.Collections;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Steps worked out with pencil and paper; derived here, not taken from a book. Logits that differ
 * by ln 3 make the probabilities 3/4 and 1/4, which makes the rest fractions.
 */
final class WorkedExampleTest {

  private static final double LN3 = Math.log(3);
  private static final float RATE = 0.5f;

  /** A handful of operations on numbers below 4, each rounded to binary32. */
  private static final Offset<Double> TOLERANCE = Offset.offset(32 * 0x1p-24);

  static List<Backend> backends() {
    return List.of(new ScalarBackend(), new DoubleBackend(), new VectorBackend());
  }

  /**
   * Softmax regression: p = (3/4, 1/4) for both rows, delta = (p - y) / 2, dW = X^T delta.
   *
   * <p>Row (1, 2) of class 0: delta (-1/8, 1/8). Row (3, -1) of class 1: delta (3/8, -3/8). So dW =
   * ((1, -1), (-5/8, 5/8)) and db = (1/4, -1/4).
   */
  @ParameterizedTest
  @MethodSource("backends")
  void softmaxRegression(Backend backend) {
    Parameters state =
        Dense.parameters(List.of(matrix(2, 2, 0, 0, 0, 0)), List.of(matrix(1, 2, LN3, 0)));
    Workload workload =
        workload(
            new Network(2, List.of(), Activation.IDENTITY, 2),
            state,
            new Examples(new float[] {1, 2, 3, -1}, new int[] {0, 1}, 2));
    try (Trainer trainer = backend.open(workload, new Resources(1))) {
      Probe probe = trainer.probe();
      assertThat(probe.loss()).isCloseTo((Math.log(4.0 / 3) + Math.log(4)) / 2, TOLERANCE);
      expect(probe.gradients().weights(0), 1, -1, -0.625, 0.625);
      expect(probe.gradients().bias(0), 0.25, -0.25);
      expect(trainer.parameters().weights(0), -0.5, 0.5, 0.3125, -0.3125);
      expect(trainer.parameters().bias(0), LN3 - 0.125, 0.125);
    }
  }

  /**
   * One tanh unit: z = ln 3 / 2, so a = 1/2 and f' = 3/4; logits (2 ln 3 / 2, 0); class 1, so delta
   * = (3/4, -3/4). dW2 = a delta; delta1 = 3/4 * 2 ln 3 * f' = 9/8 ln 3.
   */
  @ParameterizedTest
  @MethodSource("backends")
  void oneTanhUnit(Backend backend) {
    Parameters state =
        Dense.parameters(
            List.of(matrix(1, 1, LN3 / 2), matrix(1, 2, 2 * LN3, 0)),
            List.of(matrix(1, 1, 0), matrix(1, 2, 0, 0)));
    Workload workload =
        workload(
            new Network(1, List.of(1), Activation.TANH, 2),
            state,
            new Examples(new float[] {1}, new int[] {1}, 1));
    try (Trainer trainer = backend.open(workload, new Resources(1))) {
      Probe probe = trainer.probe();
      assertThat(probe.loss()).isCloseTo(Math.log(4), TOLERANCE);
      expect(probe.activations().get(0), 0.5);
      expect(probe.deltas().get(1), 0.75, -0.75);
      expect(probe.gradients().weights(1), 0.375, -0.375);
      expect(probe.deltas().get(0), 1.125 * LN3);
      expect(probe.gradients().weights(0), 1.125 * LN3);
      expect(probe.gradients().bias(0), 1.125 * LN3);
      expect(trainer.parameters().weights(0), LN3 / 2 - 0.5625 * LN3);
      expect(trainer.parameters().weights(1), 2 * LN3 - 0.1875, 0.1875);
    }
  }

  /**
   * Three ReLU units on x = 2, of weights 1/2, 0 and -1: a = (1, 0, 0), where z is 0 and -2 for the
   * two that are off. Logits (ln 3, 0), class 0: delta = (-1/4, 1/4). Only the unit that is on
   * passes anything: -ln 3 / 4 to its bias, twice that to its weight.
   */
  @ParameterizedTest
  @MethodSource("backends")
  void reluUnitsOnAndOff(Backend backend) {
    Parameters state =
        Dense.parameters(
            List.of(matrix(1, 3, 0.5, 0, -1), matrix(3, 2, LN3, 0, 1, 2, 3, 4)),
            List.of(matrix(1, 3, 0, 0, 0), matrix(1, 2, 0, 0)));
    Workload workload =
        workload(
            new Network(1, List.of(3), Activation.RELU, 2),
            state,
            new Examples(new float[] {2}, new int[] {0}, 1));
    try (Trainer trainer = backend.open(workload, new Resources(1))) {
      Probe probe = trainer.probe();
      assertThat(probe.loss()).isCloseTo(Math.log(4.0 / 3), TOLERANCE);
      expect(probe.activations().get(0), 1, 0, 0);
      expect(probe.gradients().weights(1), -0.25, 0.25, 0, 0, 0, 0);
      expect(probe.gradients().bias(0), -LN3 / 4, 0, 0);
      expect(probe.gradients().weights(0), -LN3 / 2, 0, 0);
      expect(trainer.parameters().weights(0), 0.5 + LN3 / 4, 0, -1);
    }
  }

  private static Workload workload(Network network, Parameters state, Examples examples) {
    List<Float> rates = Collections.nCopies(network.depth() + 1, RATE);
    return new Workload(
        network,
        state,
        Loss.CROSS_ENTROPY,
        Dense.sgd(rates, rates),
        new Dataset("worked example", network.inputs(), network.outputs(), examples, examples),
        examples.rows(),
        0);
  }

  private static Matrix matrix(int rows, int columns, double... values) {
    return new DoubleMatrix(rows, columns, values);
  }

  private static void expect(Matrix actual, double... expected) {
    assertThat(actual.widened().data()).containsExactly(expected, TOLERANCE);
  }
}
