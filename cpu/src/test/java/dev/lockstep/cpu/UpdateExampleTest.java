package dev.lockstep.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Learning;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Network;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Schedule;
import dev.lockstep.model.Updates;
import java.util.Collections;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Updates under a gradient that never changes, against the closed forms of their authors. */
class UpdateExampleTest {

  private static final double G = 0.375;
  private static final double RATE = 0.0625;
  private static final Offset<Double> ROUNDING = Offset.offset(1e-6);

  /** A weight that starts at 1, after so many steps. */
  private static double after(int steps, String rule, double decay) {
    Network network = new Network(1, List.of(), Activation.IDENTITY, 1);
    Rule parsed = Rule.parse("test", rule);
    Updates updates =
        new Updates(
            new Learning(new LearningRate.Uniform(RATE), parsed, new Schedule.Constant(), decay)
                .optimizer(network));
    Matrix w = new DoubleMatrix(1, 1, new double[] {1});
    Matrix g = new DoubleMatrix(1, 1, new double[] {G});
    List<Matrix> moments =
        Collections.nCopies(parsed.moments(), new DoubleMatrix(1, 1, new double[] {0}));
    try (Operations operations = new DoubleBackend().operations(new Resources(1))) {
      for (int step = 0; step < steps; step++) {
        Operations.Updated updated = operations.update(updates.update("W1", step), w, g, moments);
        w = updated.weights();
        moments = updated.moments();
      }
    }
    return w.value(0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 33})
  void descentGoesStraight(int steps) {
    assertThat(after(steps, "sgd", 0)).isCloseTo(1 - steps * RATE * G, ROUNDING);
  }

  /** w + g / decay shrinks by 1 - rate decay a step. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 33})
  void decayIsGeometric(int steps) {
    double expected = (1 + G / 0.5) * Math.pow(1 - RATE * 0.5, steps) - G / 0.5;
    assertThat(after(steps, "sgd", 0.5)).isCloseTo(expected, ROUNDING);
  }

  /** v of step t is g (1 - mu^t) / (1 - mu). */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 33})
  void momentumIsAGeometricSeries(int steps) {
    double heavy = 1;
    double ahead = 1;
    for (int t = 1; t <= steps; t++) {
      double v = G * (1 - Math.pow(0.75, t)) / (1 - 0.75);
      heavy -= RATE * v;
      ahead -= RATE * (0.75 * v + G);
    }
    assertThat(after(steps, "momentum:0.75", 0)).isCloseTo(heavy, ROUNDING);
    assertThat(after(steps, "nesterov:0.75", 0)).isCloseTo(ahead, ROUNDING);
  }

  /** Both moments, corrected, are those of g, so that each step is as long as the rate. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 33})
  void adamGoesByItsRate(int steps) {
    assertThat(after(steps, "adam", 0)).isCloseTo(1 - steps * RATE, Offset.offset(1e-5));
  }
}
