package dev.lockstep.symmetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.data.Teacher;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Dense;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Learning;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network;
import dev.lockstep.model.Optimizer;
import dev.lockstep.model.Parameters;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Schedule;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class QuotientTest {

  private static final int STEPS = 50;

  /** 2 inputs, 2 equal units a, 4 equal units b, 1 output, with weights that stay exact. */
  @Test
  void incomingWeightsAddUpOverTheUnitsBelow() {
    Parameters wide =
        Dense.parameters(
            List.of(
                matrix(2, 2, 3, 3, 5, 5),
                matrix(2, 4, 7, 7, 7, 7, 7, 7, 7, 7),
                matrix(4, 1, 0.5, 0.5, 0.5, 0.5)),
            List.of(matrix(1, 2, 1, 1), matrix(1, 4, 2, 2, 2, 2), matrix(1, 1, 9)));

    Parameters quotient = Quotient.parameters(wide);

    assertThat(values(quotient.weights(0))).containsExactly(3, 5);
    assertThat(values(quotient.weights(1))).containsExactly(14);
    assertThat(values(quotient.weights(2))).containsExactly(2);
    assertThat(values(quotient.bias(0))).containsExactly(1);
    assertThat(values(quotient.bias(1))).containsExactly(2);
    assertThat(values(quotient.bias(2))).containsExactly(9);
  }

  /** Rates at the widths 1, 2, 4, 1: weights lr N(l-1)/N(l), biases lr/N(l). */
  @Test
  void ratesFollowTheWidths() {
    Workload wide = workload(Activation.TANH, Learning.sgd(new LearningRate.Uniform(0.5)), 2, 4);

    Optimizer quotient = Quotient.workload(wide).optimizer();

    assertThat(quotient)
        .isEqualTo(Dense.sgd(List.of(0.25f, 0.25f, 2f), List.of(0.25f, 0.125f, 0.5f)));
  }

  /**
   * Many steps of the wide network in binary64 are those of its quotient. Widths are powers of two,
   * so that the rates are the same numbers; what differs is rounding, here below 1e-9 after {@value
   * #STEPS} steps, where a wrong rate or scale shows in the first digits.
   */
  @ParameterizedTest
  @EnumSource(Activation.class)
  void theWideNetworkTrainsAsItsQuotientDoes(Activation activation) {
    trainsAsItsQuotientDoes(
        workload(activation, Learning.sgd(new LearningRate.Quotient(0.125)), 8, 4));
  }

  /** The same with the other loss. */
  @Test
  void itDoesUnderSquaredError() {
    trainsAsItsQuotientDoes(
        workload(
            Activation.TANH,
            Loss.SQUARED_ERROR,
            Learning.sgd(new LearningRate.Quotient(0.125)),
            8,
            4));
  }

  /** The same with every rule, with weights that decay and rates that change. */
  @ParameterizedTest
  @CsvSource({
    "sgd, 0.01, step:20:0.5",
    "momentum:0.9, 0.01, constant",
    "nesterov:0.9, 0.01, cosine:60",
    "adam, 0, constant",
    "adam:0.75:0.875:0.0009765625, 0.01, cosine:60"
  })
  void itDoesUnderEveryOptimizer(String rule, double decay, String schedule) {
    trainsAsItsQuotientDoes(
        workload(
            Activation.TANH,
            new Learning(
                new LearningRate.Quotient(0.015625),
                Rule.parse("test", rule),
                Schedule.parse("test", schedule),
                decay),
            8,
            4));
  }

  private static void trainsAsItsQuotientDoes(Workload wide) {
    Workload narrow = Quotient.workload(wide);
    try (Trainer all = open(wide);
        Trainer one = open(narrow)) {
      double[] wideLosses = all.run(STEPS);
      double[] narrowLosses = one.run(STEPS);
      assertThat(wideLosses).containsExactly(narrowLosses, Offset.offset(1e-9));
      Parameters expected = Quotient.parameters(all.parameters());
      Parameters initial = narrow.initial();
      double moved = 0;
      for (int l = 0; l < 3; l++) {
        double[] actual = values(one.parameters().weights(l));
        assertThat(actual).containsExactly(values(expected.weights(l)), Offset.offset(1e-9));
        moved = Math.max(moved, Math.abs(actual[0] - initial.weights(l).value(0)));
      }
      assertThat(moved).as("the networks must move").isGreaterThan(1e-3);
    }
  }

  /** Gradients of N(l) equal units are each 1/N(l) of the quotient's. */
  @Test
  void aGradientIsSharedOutAmongTheUnits() {
    Workload wide = workload(Activation.TANH, Learning.sgd(new LearningRate.Quotient(0.125)), 8, 4);
    Network network = wide.network();
    try (Trainer all = open(wide);
        Trainer one = open(Quotient.workload(wide))) {
      Parameters expected = Quotient.wideGradients(network, one.probe().gradients());
      Parameters actual = Quotient.ofUnitZero(all.probe().gradients());
      for (int l = 0; l < 3; l++) {
        assertThat(values(actual.weights(l)))
            .containsExactly(values(expected.weights(l)), Offset.offset(1e-14));
        assertThat(values(actual.bias(l)))
            .containsExactly(values(expected.bias(l)), Offset.offset(1e-14));
      }
    }
  }

  private static Trainer open(Workload workload) {
    return Backends.named("test", "double").open(workload, new Resources(1));
  }

  private static Workload workload(Activation activation, Learning learning, Integer... hidden) {
    return workload(activation, Loss.CROSS_ENTROPY, learning, hidden);
  }

  private static Workload workload(
      Activation activation, Loss loss, Learning learning, Integer... hidden) {
    return new Scenario(
            new DataSource.SyntheticTeacher(5, 3),
            List.of(hidden),
            activation,
            new Initialization.EqualUnits(),
            loss,
            learning,
            7,
            STEPS,
            3)
        .prepare(Teacher.generate(5, 3, 129, 33, 3));
  }

  private static DoubleMatrix matrix(int rows, int columns, double... values) {
    return new DoubleMatrix(rows, columns, values);
  }

  private static double[] values(Matrix matrix) {
    double[] values = new double[matrix.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = matrix.value(i);
    }
    return values;
  }
}
