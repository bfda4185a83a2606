package dev.lockstep.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.backend.OperationsTrainer.Order;
import dev.lockstep.cpu.DoubleBackend;
import dev.lockstep.cpu.ScalarBackend;
import dev.lockstep.cpu.VectorBackend;
import dev.lockstep.data.Examples;
import dev.lockstep.data.Teacher;
import dev.lockstep.input.InputException;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Layer;
import dev.lockstep.model.Learning;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network.Normalization;
import dev.lockstep.model.Parameters;
import dev.lockstep.model.ParametersFile;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Schedule;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.Quotient;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Batch normalization held against what knows nothing of the step program. */
final class BatchNormalizationTest {
  private static final Resources ONE = new Resources(1);
  private static final Initialization GLOROT =
      new Initialization.Glorot(Initialization.Distribution.UNIFORM);

  /** Every rule, schedule and decay, against a step put together naively: all bits. */
  @ParameterizedTest
  @MethodSource("dev.lockstep.backend.Samples#optimizers")
  void exactBackendsTrainAsTheNaiveStep(Learning learning) {
    for (Activation activation : List.of(Activation.TANH, Activation.RELU, Activation.GELU)) {
      Workload drawn = Samples.normalized(activation, GLOROT, 33, learning, 33, 7);
      for (double deviation : new double[] {0, 0.1}) {
        Workload workload = Samples.noisy(drawn, deviation);
        for (Backend backend : List.of(new ScalarBackend(), new VectorBackend())) {
          try (Trainer naive =
                  new OperationsTrainer(workload, Subject.scalar(), Order.AFTER_ALL_GRADIENTS);
              Trainer trainer = backend.open(workload, new Resources(2))) {
            for (int step = 1; step <= 4; step++) {
              assertThat(trainer.run(1)).isEqualTo(naive.run(1));
              Subject.sameBits(step, naive.parameters(), trainer.parameters());
            }
            Examples test = workload.data().test();
            assertThat(trainer.evaluate(test)).isEqualTo(naive.evaluate(test));
          }
        }
      }
    }
  }

  private static Workload small(Activation activation, Loss loss) {
    return new Scenario(
            new DataSource.SyntheticTeacher(5, 3),
            List.of(7, 4),
            Normalization.BATCH,
            activation,
            new Initialization.Glorot(Initialization.Distribution.NORMAL),
            loss,
            0,
            Learning.sgd(new LearningRate.Uniform(0.1)),
            6,
            1,
            3)
        .prepare(Teacher.generate(5, 3, 6, 4, 3));
  }

  /** Central differences in binary64, where no unit turns its sign. */
  @ParameterizedTest
  @EnumSource(names = {"IDENTITY", "TANH", "SIGMOID", "GELU"})
  void gradientsAreThoseOfFiniteDifferences(Activation activation) {
    for (Loss loss : Loss.values()) {
      Workload workload = small(activation, loss);
      try (Trainer trainer = new DoubleBackend().open(workload, ONE)) {
        Parameters state = disturbed(workload.initial());
        trainer.restore(state, 0);
        Parameters gradients = trainer.probe().gradients();
        for (Parameters.Entry entry : gradients.entries()) {
          double[] values = ((DoubleMatrix) state.get(entry.name())).data();
          for (int i = 0; i < values.length; i++) {
            double h = 1e-6;
            double value = values[i];
            values[i] = value + h;
            double above = loss(trainer, state);
            values[i] = value - h;
            double below = loss(trainer, state);
            values[i] = value;
            assertThat(entry.matrix().value(i))
                .as("%s[%d]", entry.name(), i)
                .isCloseTo((above - below) / (2 * h), Offset.offset(1e-8));
          }
        }
      }
    }
  }

  private static double loss(Trainer trainer, Parameters state) {
    trainer.restore(state, 0);
    return trainer.run(1)[0];
  }

  /** Gains and biases that are not all alike. */
  private static Parameters disturbed(Parameters initial) {
    Parameters moved = initial.widened();
    for (Parameters.Entry entry : moved.entries()) {
      if (entry.parameter().role() != Layer.Role.WEIGHTS && entry.parameter().isLearned()) {
        double[] values = ((DoubleMatrix) entry.matrix()).data();
        for (int j = 0; j < values.length; j++) {
          values[j] += 0.1 + 0.03 * j;
        }
      }
    }
    return moved;
  }

  /** Two rows, products 1 and 5: mean 3, variance 4, unbiased 8. */
  @Test
  void runningStatisticsMoveByATenth() {
    FloatMatrix x = new FloatMatrix(2, 1, new float[] {1, 5});
    NaiveNormalization batch = NaiveNormalization.ofBatch(x);
    assertThat(batch.mean().value(0)).isEqualTo(3);
    assertThat(batch.variance().value(0)).isEqualTo(4);
    assertThat(batch.normal().value(1)).isCloseTo(1, Offset.offset(1e-5));
    Matrix zero = new FloatMatrix(1, 1);
    Matrix one = new FloatMatrix(1, 1, new float[] {1});
    assertThat(batch.runningMean(zero).value(0)).isCloseTo(0.3, Offset.offset(1e-6));
    assertThat(batch.runningVariance(one).value(0)).isCloseTo(1.7, Offset.offset(1e-6));
  }

  /** With a running mean of 1 and variance of 4 - epsilon, a product z becomes (z - 1) / 2. */
  @Test
  void evaluationUsesTheRunningStatistics() {
    Workload workload = small(Activation.IDENTITY, Loss.CROSS_ENTROPY);
    Workload plain =
        new Scenario(
                new DataSource.SyntheticTeacher(5, 3),
                List.of(7, 4),
                Activation.IDENTITY,
                GLOROT,
                new LearningRate.Uniform(0.1),
                6,
                1,
                3)
            .prepare(workload.data());
    try (Trainer normalized = new DoubleBackend().open(workload, ONE);
        Trainer reference = new DoubleBackend().open(plain, ONE)) {
      Parameters state = workload.initial().widened();
      Parameters same = plain.initial().widened();
      for (int l = 0; l < 3; l++) {
        double[] w = ((DoubleMatrix) same.weights(l)).data();
        double[] b = ((DoubleMatrix) same.bias(l)).data();
        System.arraycopy(((DoubleMatrix) state.weights(l)).data(), 0, w, 0, w.length);
        if (l < 2) {
          fill(state.get("mean" + (l + 1)), 1);
          fill(state.get("variance" + (l + 1)), 4 - (double) 1e-5f);
          for (int i = 0; i < w.length; i++) {
            w[i] /= 2;
          }
          for (int j = 0; j < b.length; j++) {
            b[j] = -0.5;
          }
        }
      }
      normalized.restore(state, 0);
      reference.restore(same, 0);
      Examples test = workload.data().test();
      assertThat(normalized.evaluate(test).loss())
          .isCloseTo(reference.evaluate(test).loss(), Offset.offset(1e-12));
    }
  }

  private static void fill(Matrix matrix, double value) {
    Arrays.fill(((DoubleMatrix) matrix).data(), value);
  }

  /** The network of one unit a layer moves as each of the equal units does. */
  @Test
  void equalUnitsMoveAsTheQuotientDoes() {
    Workload wide =
        Samples.normalized(
            Activation.TANH,
            new Initialization.EqualUnits(),
            33,
            Learning.sgd(new LearningRate.Quotient(0.25)),
            8,
            4);
    try (Trainer all = new DoubleBackend().open(wide, ONE);
        Trainer one = new DoubleBackend().open(Quotient.workload(wide), ONE)) {
      assertThat(all.run(50)).containsExactly(one.run(50), Offset.offset(1e-9));
      Parameters expected = Quotient.parameters(all.parameters());
      for (Parameters.Entry entry : one.parameters().entries()) {
        assertThat(entry.matrix().widened().data())
            .as(entry.name())
            .containsExactly(expected.get(entry.name()).widened().data(), Offset.offset(1e-9));
      }
    }
  }

  /** Once a loss is not finite, statistics stay as they are too. */
  @Test
  void statisticsStopWithTheUpdates() {
    Workload workload =
        Samples.normalized(
            Activation.IDENTITY, GLOROT, 33, Learning.sgd(new LearningRate.Uniform(1e30)), 7);
    for (Backend backend : List.of(new ScalarBackend(), new VectorBackend())) {
      try (Trainer trainer = backend.open(workload, ONE)) {
        for (int step = 0; step < 20 && trainer.stoppedAt().isEmpty(); step++) {
          trainer.run(1);
        }
        assertThat(trainer.stoppedAt()).isPresent();
        Parameters stopped = trainer.parameters();
        trainer.run(2);
        Subject.sameBits(trainer.step(), stopped, trainer.parameters());
      }
    }
  }

  @Test
  void aFileHasGainsAndStatistics(@TempDir Path folder) {
    Workload workload = small(Activation.TANH, Loss.CROSS_ENTROPY);
    Path file = folder.resolve("parameters.npz");
    try (Trainer trainer = new ScalarBackend().open(workload, ONE)) {
      trainer.run(3);
      ParametersFile.write(file, trainer.parameters());
      Subject.sameBits(3, trainer.parameters(), ParametersFile.read(file, workload.network()));
    }
    assertThat(workload.initial().entries().stream().map(Parameters.Entry::name))
        .containsExactly(
            "W1",
            "gain1",
            "mean1",
            "variance1",
            "b1",
            "W2",
            "gain2",
            "mean2",
            "variance2",
            "b2",
            "W3",
            "b3");
  }

  /** Gains have moments too; running statistics have none. */
  @Test
  void trainingGoesOnWhereItWas() {
    Learning adam =
        new Learning(
            new LearningRate.Uniform(0.01),
            new Rule.Adam(0.9f, 0.999f, 1e-8f),
            new Schedule.Constant(),
            0);
    Workload workload = Samples.normalized(Activation.TANH, GLOROT, 33, adam, 33, 7);
    for (Backend backend : List.of(new ScalarBackend(), new VectorBackend())) {
      try (Trainer whole = backend.open(workload, ONE);
          Trainer resumed = backend.open(workload, ONE)) {
        whole.run(3);
        resumed.run(1);
        resumed.restore(whole.parameters(), whole.moments(), 3);
        assertThat(resumed.run(3)).isEqualTo(whole.run(3));
        Subject.sameBits(6, whole.parameters(), resumed.parameters());
        assertThat(whole.moments().getFirst().entries().stream().map(Parameters.Entry::name))
            .contains("gain1")
            .doesNotContain("mean1", "variance1");
      }
    }
  }

  @Test
  void aSingleRowIsRefused() {
    assertThatThrownBy(
            () ->
                Samples.normalized(
                    Activation.TANH, GLOROT, 1, Learning.sgd(new LearningRate.Uniform(0.1)), 7))
        .isInstanceOf(InputException.class)
        .hasMessage("scenario: batch is 1, expected at least 2 with normalization batch");
  }
}
