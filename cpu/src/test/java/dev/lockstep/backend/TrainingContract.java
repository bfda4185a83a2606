package dev.lockstep.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.data.Offset.offset;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.lockstep.agreement.Difference;
import dev.lockstep.agreement.StepBound;
import dev.lockstep.cpu.DoubleBackend;
import dev.lockstep.cpu.ScalarBackend;
import dev.lockstep.data.Examples;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Dense;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Learning;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.UnitClasses;
import dev.lockstep.symmetry.UnitSlices;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs of several steps, and what the network they end in is worth. */
abstract class TrainingContract {

  private final Subject subject;

  TrainingContract(Subject subject) {
    this.subject = subject;
  }

  /**
   * Exact backends: the bits of scalar after every step. A library: those of a step put together
   * from its own products, and within the bound. The oracle: scalar's steps within the bound.
   */
  @ParameterizedTest
  @EnumSource
  void agreesWithScalarAfterEveryStep(Activation activation) {
    for (int width : subject.extent().widths()) {
      for (int depth = 1; depth <= 3; depth++) {
        for (int batch : new int[] {1, 33}) {
          Workload workload = Samples.digits(activation, batch, 0.1, Samples.hidden(depth, width));
          if (subject.canonical()) {
            trainsAsTheReference(workload, 3);
          }
          if (!subject.exact()) {
            staysWithinTheBound(workload, 3);
          }
        }
      }
    }
  }

  /** The same for every rule, schedule and decay, with what the rule keeps. */
  @ParameterizedTest
  @MethodSource("dev.lockstep.backend.Samples#optimizers")
  void agreesWithScalarUnderEveryOptimizer(Learning learning) {
    for (int width : new int[] {7, 33}) {
      Workload workload = Samples.digits(Activation.TANH, 33, learning, width, width);
      if (subject.canonical()) {
        trainsAsTheReference(workload, 6);
      }
      if (!subject.exact()) {
        staysWithinTheBound(workload, 6);
      }
    }
  }

  /** The same with noise on the hidden units, which sets equal ones apart; evaluation has none. */
  @ParameterizedTest
  @EnumSource
  void agreesWithScalarUnderNoise(Activation activation) {
    for (int width : new int[] {7, 33}) {
      Workload workload = Samples.noisy(Samples.equalUnits(activation, 33, 0.1, width, width), 0.1);
      if (subject.canonical()) {
        trainsAsTheReference(workload, 4);
      }
      if (!subject.exact()) {
        staysWithinTheBound(workload, 4);
      }
      Workload quiet = Samples.noisy(workload, 0);
      try (Trainer trainer = subject.open(workload, 2);
          Trainer reference = new ScalarBackend().open(quiet, new Resources(1))) {
        trainer.run(4);
        Parameters parameters = trainer.parameters();
        for (int h = 0; h < 2; h++) {
          assertThat(UnitClasses.of(UnitSlices.of(parameters, h)).count())
              .as("unit classes of hidden layer %d", h + 1)
              .isEqualTo(width);
        }
        reference.restore(parameters, 4);
        Examples test = workload.data().test();
        Evaluation expected = reference.evaluate(test);
        if (subject.exact()) {
          assertThat(trainer.evaluate(test)).isEqualTo(expected);
        } else {
          assertThat(trainer.evaluate(test).loss()).isCloseTo(expected.loss(), withPercentage(1));
        }
      }
    }
  }

  /** The same with batch normalization, whose statistics are part of the parameters. */
  @ParameterizedTest
  @EnumSource
  void agreesWithScalarUnderNormalization(Activation activation) {
    for (int width : new int[] {7, 33}) {
      Workload workload =
          Samples.normalized(
              activation,
              new Initialization.Glorot(Initialization.Distribution.UNIFORM),
              33,
              Learning.sgd(new LearningRate.Uniform(0.1)),
              width,
              width);
      subject.assumeSupports(workload);
      if (subject.canonical()) {
        trainsAsTheReference(workload, 4);
      }
      if (!subject.exact()) {
        staysWithinTheBound(workload, 4);
      }
      Examples test = workload.data().test();
      try (Trainer trainer = subject.open(workload, 2);
          Trainer reference = new ScalarBackend().open(workload, new Resources(1))) {
        trainer.run(4);
        reference.restore(trainer.parameters(), 4);
        if (subject.exact()) {
          assertThat(trainer.evaluate(test)).isEqualTo(reference.evaluate(test));
        } else {
          assertThat(trainer.evaluate(test).loss())
              .isCloseTo(reference.evaluate(test).loss(), withPercentage(1));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void equalUnitsStayInLockstepUnderNormalization(Activation activation) {
    Assumptions.assumeTrue(!subject.backend().kind().isLibrary(), "a library may break lockstep");
    for (int width : subject.extent().widths()) {
      Workload workload =
          Samples.normalized(
              activation,
              new Initialization.EqualUnits(),
              33,
              Learning.sgd(new LearningRate.Quotient(0.1)),
              width,
              width);
      subject.assumeSupports(workload);
      try (Trainer trainer = subject.open(workload, 2)) {
        Parameters before = trainer.parameters();
        trainer.run(5);
        Parameters after = trainer.parameters();
        assertThat(trainer.stoppedAt()).isEmpty();
        for (Parameters.Entry entry : before.entries()) {
          assertThat(entry.matrix().firstDifference(after.get(entry.name())))
              .as("an element of %s that moved", entry.name())
              .isNotNegative();
        }
        for (int h = 0; h < 2; h++) {
          assertThat(UnitClasses.of(UnitSlices.of(after, h)).count())
              .as("unit classes of hidden layer %d, width %d", h + 1, width)
              .isEqualTo(1);
        }
      }
    }
  }

  /** Far into the training, where what is drawn ahead has to be drawn anew, and back again. */
  @Test
  void noiseIsThatOfTheStepWhereverTrainingGoesOn() {
    Assumptions.assumeTrue(subject.exact(), "bits are demanded");
    Workload workload = Samples.noisy(Samples.digits(Activation.TANH, 33, 0.1, 33, 7), 0.1);
    try (Trainer trainer = subject.open(workload, 2);
        Trainer reference = new ScalarBackend().open(workload, new Resources(1))) {
      for (long step : new long[] {1022, 0, 1025, 1023, 5}) {
        trainer.restore(workload.initial(), step);
        reference.restore(workload.initial(), step);
        assertThat(trainer.run(4)).isEqualTo(reference.run(4));
        Subject.sameBits(step + 4, reference.parameters(), trainer.parameters());
      }
    }
  }

  /** The same with the other loss, which evaluation uses too. */
  @ParameterizedTest
  @EnumSource
  void agreesWithScalarUnderSquaredError(Activation activation) {
    for (int batch : new int[] {1, 33}) {
      Workload workload = Samples.squaredError(activation, batch, 0.1, 33, 7);
      if (subject.canonical()) {
        trainsAsTheReference(workload, 3);
      }
      if (!subject.exact()) {
        staysWithinTheBound(workload, 3);
      }
      try (Trainer trainer = subject.open(workload, 2);
          Trainer reference = new ScalarBackend().open(workload, new Resources(1))) {
        trainer.run(2);
        reference.restore(trainer.parameters(), 2);
        Examples test = workload.data().test();
        assertThat(trainer.evaluate(test).loss())
            .isCloseTo(reference.evaluate(test).loss(), withPercentage(1));
      }
    }
  }

  private void trainsAsTheReference(Workload workload, int steps) {
    for (int threads : subject.extent().threads()) {
      String what = Samples.describe(workload.network(), workload.batch(), threads);
      double[] losses = new double[steps];
      try (Trainer reference = subject.reference(workload, threads);
          Trainer trainer = subject.open(workload, threads);
          Trainer atOnce = subject.open(workload, threads)) {
        for (int step = 0; step < steps; step++) {
          losses[step] = reference.run(1)[0];
          assertThat(trainer.run(1)[0]).as("%s: loss", what).isEqualTo(losses[step]);
          Difference.first(step + 1, reference.parameters(), trainer.parameters())
              .ifPresent(difference -> fail(what + ": " + difference));
          List<Parameters> moments = reference.moments();
          assertThat(trainer.moments()).hasSameSizeAs(moments);
          for (int k = 0; k < moments.size(); k++) {
            Subject.sameBits(step + 1, moments.get(k), trainer.moments().get(k));
          }
        }
        assertThat(atOnce.run(steps)).as("%s: losses of one run", what).isEqualTo(losses);
        Subject.sameBits(steps, reference.parameters(), atOnce.parameters());
      }
    }
  }

  private void staysWithinTheBound(Workload workload, int steps) {
    Backend scalar = new ScalarBackend();
    Backend oracle = subject.oracle() ? subject.backend() : new DoubleBackend();
    try (Trainer rounding =
            (subject.oracle() ? scalar : subject.backend()).open(workload, new Resources(1));
        Trainer wide = oracle.open(workload, new Resources(1))) {
      for (int step = 0; step < steps; step++) {
        Parameters state = rounding.parameters();
        List<Parameters> moments = rounding.moments();
        wide.restore(state, moments, step);
        Probe probe = wide.probe();
        StepBound bound =
            StepBound.of(
                workload, step, state, moments, subject.operandRounding(), subject.subnormals());
        double loss = rounding.run(1)[0];
        assertThat(Math.abs(loss - probe.loss()))
            .as("bound of the loss at step %d of %s", step, workload.network())
            .isLessThanOrEqualTo(bound.loss());
        assertThat(StepBound.share(rounding.parameters(), wide.parameters(), bound.updated()))
            .as("share of the bound at step %d of %s", step, workload.network())
            .isLessThanOrEqualTo(1);
      }
    }
  }

  /** A rate far too large overflows binary32 within a few steps, on every backend at the same. */
  @Test
  void anOverflowStopsAtTheStepItStopsScalar() {
    Assumptions.assumeTrue(subject.canonical(), "what is not canonical overflows elsewhere");
    Workload workload = Samples.digits(Activation.IDENTITY, 33, 1e12, 33, 7);
    int steps = 12;
    for (int threads : subject.extent().threads()) {
      try (Trainer reference = subject.reference(workload, threads);
          Trainer trainer = subject.open(workload, threads)) {
        double[] losses = reference.run(steps);
        assertThat(reference.stoppedAt()).isPresent();
        long stopped = reference.stoppedAt().getAsLong();
        assertThat(stopped).as("after some updates").isBetween(1L, steps - 2L);
        assertThat(trainer.run(steps)).isEqualTo(losses);
        assertThat(trainer.stoppedAt()).isEqualTo(reference.stoppedAt());
        Subject.sameBits(steps, reference.parameters(), trainer.parameters());
        trainer.run(2);
        Subject.sameBits(steps + 2, reference.parameters(), trainer.parameters());
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void equalUnitsStayInLockstep(Activation activation) {
    Assumptions.assumeTrue(!subject.backend().kind().isLibrary(), "a library may break lockstep");
    for (int width : subject.extent().widths()) {
      Workload workload = Samples.equalUnits(activation, 33, 0.1, Samples.hidden(2, width));
      for (int threads : subject.extent().threads()) {
        try (Trainer trainer = subject.open(workload, threads)) {
          Parameters before = trainer.parameters();
          trainer.run(5);
          Parameters after = trainer.parameters();
          assertThat(trainer.stoppedAt()).isEmpty();
          for (int h = 0; h < 2; h++) {
            assertThat(before.weights(h).firstDifference(after.weights(h)))
                .as("a weight of hidden layer %d that moved", h + 1)
                .isNotNegative();
            assertThat(UnitClasses.of(UnitSlices.of(after, h)).count())
                .as("unit classes of hidden layer %d, width %d", h + 1, width)
                .isEqualTo(1);
          }
        }
      }
    }
  }

  @Test
  void evaluationAgreesWithScalar() {
    Workload workload = Samples.digits(Activation.TANH, 33, 0.1, 129, 33);
    Examples test = workload.data().test();
    try (Trainer trainer = subject.open(workload, 2);
        Trainer reference = new ScalarBackend().open(workload, new Resources(1))) {
      trainer.run(3);
      reference.run(3);
      Parameters before = trainer.parameters();
      if (subject.backend().kind().isLibrary()) {
        reference.restore(before, 3);
      }
      Evaluation actual = trainer.evaluate(test);
      Evaluation expected = reference.evaluate(test);
      if (subject.exact()) {
        assertThat(actual).isEqualTo(expected);
      } else {
        // Three short steps with weights below 1: errors of a few thousand u are far above any
        // bound of them, and a wrong row or layer shows in the first digits.
        assertThat(actual.loss())
            .isCloseTo(expected.loss(), offset(5000 * 0x1p-24 + 2 * logitError(before)));
      }
      Subject.sameBits(3, before, trainer.parameters());
      assertThat(trainer.step()).isEqualTo(3);
    }
  }

  /**
   * How far rounded operands can move a logit: inputs and activations are at most 1, so each layer
   * adds the error of a product and what came in, times the largest column sum of |W|; tanh passes
   * on no more than it gets. The loss moves by at most twice that.
   */
  private double logitError(Parameters parameters) {
    double error = 0;
    for (Matrix w : Dense.weights(parameters)) {
      double[] sums =
          NaiveArithmetic.BINARY64.columnSums(NaiveArithmetic.magnitude(w)).widened().data();
      double product = subject.operandRounding().ofProduct();
      error = Arrays.stream(sums).max().orElseThrow() * (error + product * (1 + error));
    }
    return error;
  }

  @Test
  void equalLogitsCountForTheFirstClass() {
    Workload drawn = Samples.digits(Activation.RELU, 33, 0.1, 7);
    Parameters zero =
        Dense.parameters(
            Dense.weights(drawn.initial()).stream()
                .<Matrix>map(w -> new FloatMatrix(w.rows(), w.columns()))
                .toList(),
            Dense.biases(drawn.initial()));
    try (Trainer trainer = subject.open(drawn, 1)) {
      trainer.restore(zero, 0);
      Examples test = drawn.data().test();
      double zeros = Arrays.stream(test.labels()).filter(label -> label == 0).count();
      Evaluation evaluation = trainer.evaluate(test);
      assertThat(evaluation.accuracy()).isEqualTo(zeros / test.rows());
      assertThat(evaluation.loss()).isCloseTo(Math.log(10), offset(0x1p-20));
    }
  }
}
