package dev.lockstep.bench.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.agreement.Tier;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Resources;
import dev.lockstep.cpu.FaultyScalar;
import dev.lockstep.cpu.FaultyScalar.Fault;
import dev.lockstep.data.Digits;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.scenario.DataSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Errors in a library's products that no bound of a whole step sees: the judgement of operations
 * names the product.
 */
final class SmallErrorsTest {
  private static final long SEED = 11;

  private static Agreement judged(int width, Fault fault) {
    return judged(width, CellOptimizer.SGD, fault);
  }

  private static Agreement judged(int width, CellOptimizer optimizer, Fault fault) {
    Cell cell = new Cell(width, 33, 2, Activation.TANH, "random", optimizer, Loss.CROSS_ENTROPY, 0);
    CellResult result =
        new CellRun(
                cell,
                cell.scenario(new DataSource.EmbeddedDigits(), 1, SEED),
                Digits.load(),
                List.of(
                    Backends.named("test", "vector"),
                    new FaultyScalar("library", Kind.LIBRARY, fault)),
                new Resources(1))
            .sideBySide(() -> {});
    return result.outcomes().getLast().agreements().stream()
        .filter(agreement -> agreement.tier() == Tier.OPERATIONS)
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "64, AB_OFF_BY_A_MILLIONTH, product of layer 1",
    "64, ABT_OFF_BY_A_MILLIONTH, upstream gradient of layer 2",
    "64, ATB_OFF_BY_A_MILLIONTH, gradient of W3",
    "64, AB_WITH_ONE_ELEMENT_OFF, product of layer 1",
    "64, ABT_WITH_ONE_ELEMENT_OFF, upstream gradient of layer 2",
    "64, ATB_WITH_ONE_ELEMENT_OFF, gradient of W3",
    "1021, AB_OFF_BY_A_MILLIONTH, product of layer 1",
    "1021, ABT_OFF_BY_A_MILLIONTH, upstream gradient of layer 2",
    "1021, ATB_OFF_BY_A_MILLIONTH, gradient of W3",
    "1021, AB_WITH_ONE_ELEMENT_OFF, product of layer 1",
    "1021, ABT_WITH_ONE_ELEMENT_OFF, upstream gradient of layer 2",
    "1021, ATB_WITH_ONE_ELEMENT_OFF, gradient of W3"
  })
  void theProductIsNamed(int width, Fault fault, String tensor) {
    Agreement agreement = judged(width, fault);
    assertThat(agreement.verdict()).as("seed %d", SEED).isNotEqualTo(Verdict.AGREES);
    assertThat(agreement.reason()).startsWith("step 1, " + tensor);
  }

  static Stream<Arguments> faultsOfEveryOptimizer() {
    return Stream.of(CellOptimizer.values())
        .flatMap(
            optimizer ->
                Stream.of(Fault.values())
                    .filter(fault -> fault.name().matches(".*_(A_MILLIONTH|ONE_ELEMENT_OFF)"))
                    .map(fault -> Arguments.of(optimizer, fault)));
  }

  @ParameterizedTest
  @MethodSource("faultsOfEveryOptimizer")
  void everyOptimizerIsJudgedAlike(CellOptimizer optimizer, Fault fault) {
    assertThat(judged(33, optimizer, Fault.NONE).verdict()).isEqualTo(Verdict.AGREES);
    assertThat(judged(33, optimizer, fault).verdict())
        .as("seed %d", SEED)
        .isNotEqualTo(Verdict.AGREES);
  }

  @ParameterizedTest
  @CsvSource({"64", "1021"})
  void anotherOrderIsNoError(int width) {
    assertThat(judged(width, Fault.PRODUCT_DESCENDS).verdict()).isEqualTo(Verdict.AGREES);
  }
}
