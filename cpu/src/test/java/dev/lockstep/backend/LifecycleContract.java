package dev.lockstep.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.DrawnMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Learning;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.Workload;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a trainer keeps, gives out and takes back. */
abstract class LifecycleContract {

  private final Subject subject;

  LifecycleContract(Subject subject) {
    this.subject = subject;
  }

  @Test
  void restoreContinuesExactly() {
    restoreContinuesExactly(Samples.digits(Activation.TANH, 250, 0.1, 33));
  }

  @ParameterizedTest
  @MethodSource("dev.lockstep.backend.Samples#optimizers")
  void restoreContinuesExactly(Learning learning) {
    restoreContinuesExactly(Samples.digits(Activation.TANH, 250, learning, 33));
  }

  private void restoreContinuesExactly(Workload workload) {
    // 1347 rows in batches of 250 make 5 steps an epoch: step 6 needs the second permutation.
    try (Trainer through = subject.open(workload, 2);
        Trainer resumed = subject.open(workload, 2)) {
      through.run(3);
      Parameters kept = through.parameters();
      List<Parameters> moments = through.moments();
      double[] expected = through.run(4);
      resumed.run(1);
      resumed.restore(kept, moments, 3);
      assertThat(resumed.step()).isEqualTo(3);
      Subject.sameBits(3, kept, resumed.parameters());
      assertThat(resumed.run(4)).isEqualTo(expected);
      Subject.sameBits(7, through.parameters(), resumed.parameters());
      // Without moments they are +0, as in the beginning.
      resumed.restore(workload.initial(), 0);
      try (Trainer anew = subject.open(workload, 2)) {
        anew.run(2);
        resumed.run(2);
        Subject.sameBits(2, anew.parameters(), resumed.parameters());
      }
      Parameters wrong = kept;
      List<Parameters> three = List.of(wrong, wrong, wrong);
      assertThatThrownBy(() -> resumed.restore(wrong, three, 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("3 moments");
    }
  }

  @Test
  void aLossThatIsNotFiniteStopsUpdates() {
    Workload workload = Samples.digits(Activation.RELU, 33, 0.1, 33);
    try (Trainer trainer = subject.open(workload, 2)) {
      trainer.run(2);
      assertThat(trainer.stoppedAt()).isEmpty();
      Parameters broken = trainer.parameters();
      poison(broken.weights(1));
      trainer.restore(broken, 2);
      double[] losses = trainer.run(3);
      assertThat(losses[0]).isNotFinite();
      assertThat(trainer.stoppedAt()).hasValue(2);
      assertThat(trainer.step()).isEqualTo(5);
      Subject.sameBits(5, broken, trainer.parameters());
      trainer.probe();
      Subject.sameBits(6, broken, trainer.parameters());
      assertThat(trainer.stoppedAt()).hasValue(2);
      trainer.restore(workload.initial(), 0);
      assertThat(trainer.stoppedAt()).isEmpty();
    }
  }

  private static void poison(Matrix weights) {
    switch (weights) {
      case FloatMatrix(int _, int _, float[] data) -> data[0] = Float.POSITIVE_INFINITY;
      case DoubleMatrix(int _, int _, double[] data) -> data[0] = Double.POSITIVE_INFINITY;
      case DrawnMatrix drawn -> throw new AssertionError("a trainer gave away " + drawn);
    }
  }

  @Test
  void parametersAreACopy() {
    Workload workload = Samples.digits(Activation.TANH, 7, 0.1, 7);
    Parameters initial = workload.initial().copy();
    try (Trainer trainer = subject.open(workload, 1);
        Trainer untouched = subject.open(workload, 1)) {
      Parameters taken = trainer.parameters();
      taken.entries().forEach(entry -> poison(entry.matrix()));
      trainer.run(2);
      untouched.run(2);
      Subject.sameBits(2, untouched.parameters(), trainer.parameters());
    }
    Subject.sameBits(0, initial, workload.initial());
  }
}
