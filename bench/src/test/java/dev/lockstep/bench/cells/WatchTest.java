package dev.lockstep.bench.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.ProbedView;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.data.Digits;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Workload;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class WatchTest {

  /** The first pixel of every digit is empty, so the weights behind it keep the value given. */
  private static Parameters withFirstRow(Parameters parameters, float all, float last) {
    Parameters copy = parameters.copy();
    FloatMatrix w = (FloatMatrix) copy.weights(0);
    Arrays.fill(w.data(), 0, w.columns(), all);
    w.data()[w.columns() - 1] = last;
    return copy;
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"EXACT", "LIBRARY"})
  void theSignOfAZeroCountsOnExactBackendsOnly(Kind kind) {
    Workload workload =
        new Cell(7, 33, 1, Activation.TANH, "equal")
            .scenario(new DataSource.EmbeddedDigits(), 2, 11)
            .prepare(Digits.load());
    try (Trainer trainer = Backends.named("test", "scalar").open(workload, new Resources(1))) {
      Watch watch = new Watch(kind, Watched.of(trainer, new ProbedView(trainer, workload)));
      trainer.restore(withFirstRow(trainer.parameters(), 0f, -0f), 1);
      watch.after();
      assertThat(watch.verdictSoFar())
          .isEqualTo(
              kind == Kind.LIBRARY
                  ? new LockstepState.Held(2)
                  : new LockstepState.Broken(1, 1, 7, 6, 6, 2, "update"));

      trainer.restore(withFirstRow(trainer.parameters(), 0f, Float.MIN_VALUE), 2);
      watch.after();
      assertThat(watch.verdictSoFar())
          .isEqualTo(
              new LockstepState.Broken(kind == Kind.LIBRARY ? 2 : 1, 1, 7, 6, 6, 2, "update"));
    }
  }
}
