package dev.lockstep.bench.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.agreement.Tier;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Resources;
import dev.lockstep.bench.external.PythonPrograms;
import dev.lockstep.data.Digits;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network.Normalization;
import dev.lockstep.scenario.DataSource;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Programs that compute something else are caught at the tensor in which it begins. */
final class BrokenProgramTest {
  private static final int SEED = 11;
  private static final int STEPS = 6;

  private static CellResult run(CellOptimizer optimizer, Backend program) {
    return run(Normalization.NONE, optimizer, program);
  }

  private static CellResult run(
      Normalization normalization, CellOptimizer optimizer, Backend program) {
    Cell cell =
        new Cell(
            33, 33, 2, Activation.TANH, "random", optimizer, Loss.CROSS_ENTROPY, 0, normalization);
    return new CellRun(
            cell,
            cell.scenario(new DataSource.EmbeddedDigits(), STEPS, SEED),
            Digits.load(),
            List.of(Backends.named("test", "scalar"), program),
            new Resources(1))
        .sideBySide(() -> {});
  }

  @ParameterizedTest
  @CsvSource({
    "transposed-gradient, SGD, 1, gradient of W2",
    "bias-gradient-missing, SGD, 1, gradient of b2",
    "gradient-not-averaged, SGD, 1, gradient of W1",
    "missing-bias, SGD, 6, activations of layer 2",
    "float16-inside, SGD, 1, activations of layer 1",
    "optimizer-twice, ADAM, 1, b3",
    "batch-shuffled, SGD, 1, activations of layer 1",
    "wrong-rows, SGD, 1, activations of layer 1"
  })
  void isNamedAtTheTensor(String fault, CellOptimizer optimizer, int step, String tensor) {
    requireBroken(run(optimizer, PythonPrograms.broken(fault)), step, tensor);
  }

  @ParameterizedTest
  @CsvSource({
    "gain-gradient-missing, gradient of gain2",
    "normalized-as-in-evaluation, activations of layer 1",
    "normalization-not-differentiated, delta of layer 1",
    "statistics-not-followed, mean2"
  })
  void isNamedUnderNormalization(String fault, String tensor) {
    CellResult result = run(Normalization.BATCH, CellOptimizer.SGD, PythonPrograms.broken(fault));
    requireBroken(result, 1, tensor);
  }

  private static void requireBroken(CellResult result, int step, String tensor) {
    assertThat(result.interruptions()).isEmpty();
    Outcome broken = result.outcomes().get(1);
    assertThat(broken.verdict()).isEqualTo(Verdict.DIFFERS);
    Agreement bound =
        broken.agreements().stream()
            .filter(a -> a.tier() == Tier.OPERATIONS)
            .findFirst()
            .orElseThrow();
    var difference = Objects.requireNonNull(bound.difference());
    assertThat(difference.tensor()).isEqualTo(tensor);
    assertThat(difference.step()).isEqualTo(step);
  }

  @ParameterizedTest
  @EnumSource
  void withoutAFaultItAgrees(Normalization normalization) {
    Backend sound = PythonPrograms.broken("none");
    assertThat(run(normalization, CellOptimizer.ADAM, sound).outcomes())
        .allSatisfy(outcome -> assertThat(outcome.verdict()).isEqualTo(Verdict.AGREES));
  }
}
