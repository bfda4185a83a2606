package dev.lockstep.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Probe;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Subnormals;
import dev.lockstep.backend.Trainer;
import dev.lockstep.cpu.DoubleBackend;
import dev.lockstep.cpu.ScalarBackend;
import dev.lockstep.data.Dataset;
import dev.lockstep.data.Digits;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Dense;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class StepBoundTest {

  private static final Dataset DIGITS = Digits.load();

  /** One step in both precisions from the same state. */
  private record Step(StepBound bound, Probe wide, Probe narrow, Parameters a, Parameters b) {
    double share() {
      return StepBound.largest(bound.shares(narrow.loss(), Optional.of(narrow), wide, b, a));
    }
  }

  private static Step step(Activation activation) {
    return step(
        activation,
        new Initialization.Glorot(Initialization.Distribution.UNIFORM),
        Subnormals.KEPT);
  }

  private static Step step(
      Activation activation, Initialization initialization, Subnormals subnormals) {
    Workload workload =
        new Scenario(
                new DataSource.EmbeddedDigits(),
                List.of(33, 20),
                activation,
                initialization,
                new LearningRate.Uniform(0.1),
                33,
                1,
                5)
            .prepare(DIGITS);
    try (Trainer wide = new DoubleBackend().open(workload, new Resources(1));
        Trainer narrow = new ScalarBackend().open(workload, new Resources(1))) {
      Probe probe = wide.probe();
      StepBound bound =
          StepBound.of(
              workload, 0, workload.initial(), List.of(), OperandRounding.NONE, subnormals);
      return new Step(bound, probe, narrow.probe(), wide.parameters(), narrow.parameters());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStepInBinary32IsWithinIt(Activation activation) {
    Step step = step(activation);
    assertThat(Math.abs(step.wide().loss() - step.narrow().loss()))
        .isLessThanOrEqualTo(step.bound().loss());
    assertThat(
            StepBound.share(
                step.wide().gradients(), step.narrow().gradients(), step.bound().gradients()))
        .isBetween(0x1p-20, 1.0);
    assertThat(StepBound.share(step.a(), step.b(), step.bound().updated())).isBetween(0x1p-20, 1.0);
  }

  /** One hundredth of the largest gradient of a layer, in that element alone. */
  @ParameterizedTest
  @EnumSource
  void anErrorOfOnePercentInOneElementIsNot(Activation activation) {
    Step step = step(activation);
    for (int l = 0; l < step.narrow().gradients().layers(); l++) {
      Parameters wrong = step.narrow().gradients().copy();
      float[] gradient = ((FloatMatrix) wrong.weights(l)).data();
      int largest = 0;
      for (int i = 0; i < gradient.length; i++) {
        largest = Math.abs(gradient[i]) > Math.abs(gradient[largest]) ? i : largest;
      }
      gradient[largest] *= 1.01f;
      assertThat(StepBound.share(step.wide().gradients(), wrong, step.bound().gradients()))
          .as("layer %d", l + 1)
          .isGreaterThan(1);
    }
  }

  /** With weights of 1e-38, all deltas below the output and their gradients are subnormal. */
  @ParameterizedTest
  @EnumSource
  void flushedSubnormalsMustBeClaimed(Activation activation) {
    Initialization tiny = new Initialization.Constant(1e-38);
    assertThat(step(activation, tiny, Subnormals.KEPT).share()).isLessThanOrEqualTo(1);
    assertThat(flushed(step(activation, tiny, Subnormals.FLUSHED)).share()).isLessThanOrEqualTo(1);
    assertThat(flushed(step(activation, tiny, Subnormals.KEPT)).share()).isGreaterThan(1);
  }

  private static Step flushed(Step step) {
    Probe seen = step.narrow();
    return new Step(
        step.bound(),
        step.wide(),
        new Probe(
            seen.loss(),
            seen.program(),
            seen.tensors().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, each -> flushed(each.getValue())))),
        step.a(),
        flushed(step.b()));
  }

  private static Parameters flushed(Parameters parameters) {
    return parameters.map(StepBoundTest::flushed);
  }

  private static Matrix flushed(Matrix matrix) {
    FloatMatrix result = ((FloatMatrix) matrix).copy();
    for (int i = 0; i < result.size(); i++) {
      if (Math.abs(result.data()[i]) < Float.MIN_NORMAL) {
        result.data()[i] = 0;
      }
    }
    return result;
  }

  @Test
  void theShareIsTheLargestQuotient() {
    Parameters a = parameters(1, 2, 3);
    assertThat(StepBound.share(a, parameters(1, 2, 3), parameters(0, 0, 0))).isZero();
    assertThat(StepBound.share(a, parameters(1.5, 1, 3), parameters(2, 2, 2))).isEqualTo(0.5);
    assertThat(StepBound.share(a, parameters(1, 2, 4), parameters(2, 2, 0.25))).isEqualTo(4);
    assertThat(StepBound.share(a, parameters(1, 2, 4), parameters(2, 2, 0))).isInfinite();
  }

  @Test
  void whatIsNotFiniteMustBeEqual() {
    Parameters ones = parameters(1, 1, 1);
    double infinity = Double.POSITIVE_INFINITY;
    assertThat(StepBound.share(parameters(infinity, 0, 0), parameters(infinity, 0, 0), ones))
        .isZero();
    assertThat(StepBound.share(parameters(infinity, 0, 0), parameters(1, 0, 0), ones)).isInfinite();
    assertThat(StepBound.share(parameters(Double.NaN, 0, 0), parameters(1, 0, 0), ones))
        .isInfinite();
  }

  /** Two weights and a bias. */
  private static Parameters parameters(double w0, double w1, double b) {
    Matrix w = new DoubleMatrix(2, 1, new double[] {w0, w1});
    return Dense.parameters(List.of(w), List.of(new DoubleMatrix(1, 1, new double[] {b})));
  }

  /** The tolerance of each tensor holds for a step, and fails for an error that it sees. */
  @ParameterizedTest
  @EnumSource(Activation.class)
  void tolerancesHoldForEveryTensor(Activation activation) {
    Step step = step(activation);
    List<TensorTolerance> tolerances = step.bound().tolerances(step.wide(), step.a());
    List<Matrix> exact = new ArrayList<>();
    List<Matrix> actual = new ArrayList<>();
    for (TensorTolerance each : tolerances) {
      if (each.tensor().equals("loss")) {
        exact.add(TensorShare.one(step.wide().loss()));
        actual.add(TensorShare.one(step.narrow().loss()));
      } else {
        exact.add(named(step.wide(), step.a(), each.tensor()));
        actual.add(named(step.narrow(), step.b(), each.tensor()));
      }
    }
    for (int t = 0; t < tolerances.size(); t++) {
      Tolerance tolerance = tolerances.get(t).tolerance();
      double largest = 0;
      for (int i = 0; i < exact.get(t).size(); i++) {
        double value = exact.get(t).value(i);
        largest = Math.max(largest, Math.abs(value));
        assertThat(Math.abs(actual.get(t).value(i) - value))
            .as(tolerances.get(t).tensor())
            .isLessThanOrEqualTo(tolerance.atol() + tolerance.rtol() * Math.abs(value));
      }
      if (largest > 0) {
        assertThat(largest * 2 * tolerance.visible().whole())
            .isGreaterThan(tolerance.atol() + tolerance.rtol() * largest);
      }
    }
  }

  private static Matrix named(Probe probe, Parameters after, String name) {
    return probe.tensors().entrySet().stream()
        .filter(each -> each.getKey().name().equals(name))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseGet(() -> after.get(name));
  }
}
