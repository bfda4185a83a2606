package dev.lockstep.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.backend.Probe;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.data.Teacher;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Dense;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The gradients of the binary64 oracle are the slopes of its loss. */
final class GradientCheckTest {

  private static final double STEP = 1e-5;

  /**
   * Central differences with step h are off by h^2 / 6 times the third derivative, here at most a
   * thousand, and by the rounding of the two losses, some 2^-50 / h: 1.7e-8 and 1e-10.
   */
  private static final Offset<Double> TOLERANCE = Offset.offset(2e-8);

  @ParameterizedTest
  @EnumSource
  void gradientsAreSlopes(Activation activation) {
    Scenario scenario =
        new Scenario(
            new DataSource.SyntheticTeacher(5, 3),
            List.of(7, 4),
            activation,
            new Initialization.Glorot(Initialization.Distribution.NORMAL),
            new LearningRate.Uniform(0.1),
            6,
            1,
            3);
    Workload workload = scenario.prepare(Teacher.generate(5, 3, 6, 1, 3));
    try (Trainer trainer = new DoubleBackend().open(workload, new Resources(1))) {
      trainer.restore(withBiases(workload.initial()), 0);
      Parameters state = trainer.parameters();
      Probe probe = trainer.probe();
      int checked = 0;
      for (Parameters.Entry entry : state.entries()) {
        Matrix gradient = probe.gradients().get(entry.name());
        checked += check(trainer, state, entry.matrix(), probe, gradient);
      }
      // A kink of ReLU inside the interval excuses an element; that must stay the exception.
      assertThat(checked).isGreaterThan((int) (0.95 * workload.network().parameterCount()));
    }
  }

  /** Biases away from 0, so that no unit starts on a kink. */
  private static Parameters withBiases(Parameters initial) {
    Parameters moved = initial.widened();
    for (Matrix bias : Dense.biases(moved)) {
      double[] values = ((DoubleMatrix) bias).data();
      Arrays.setAll(values, j -> 0.1 + 0.03 * j);
    }
    return moved;
  }

  /** {@code tensor} is one of {@code state}'s, whose array is moved and put back. */
  private static int check(
      Trainer trainer, Parameters state, Matrix tensor, Probe centre, Matrix gradient) {
    double[] values = ((DoubleMatrix) tensor).data();
    int checked = 0;
    for (int i = 0; i < values.length; i++) {
      double kept = values[i];
      values[i] = kept + STEP;
      Probe above = at(trainer, state);
      values[i] = kept - STEP;
      Probe below = at(trainer, state);
      values[i] = kept;
      if (sameUnitsOn(centre, above) && sameUnitsOn(centre, below)) {
        assertThat(gradient.value(i))
            .as("element %d of a gradient of %s", i, gradient.shape())
            .isCloseTo((above.loss() - below.loss()) / (2 * STEP), TOLERANCE);
        checked++;
      }
    }
    return checked;
  }

  private static Probe at(Trainer trainer, Parameters state) {
    trainer.restore(state, 0);
    return trainer.probe();
  }

  private static boolean sameUnitsOn(Probe a, Probe b) {
    for (int l = 0; l < a.activations().size() - 1; l++) {
      for (int i = 0; i < a.activations().get(l).size(); i++) {
        if ((a.activations().get(l).value(i) > 0) != (b.activations().get(l).value(i) > 0)) {
          return false;
        }
      }
    }
    return true;
  }
}
