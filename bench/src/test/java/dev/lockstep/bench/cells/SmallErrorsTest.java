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
import dev.lockstep.scenario.DataSource;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Errors in a library's products that no bound of a whole step sees: the judgement of operations
 * names the product.
 */
final class SmallErrorsTest {
  private static final long SEED = 11;

  private static Agreement judged(int width, Fault fault) {
    Cell cell = new Cell(width, 33, 2, Activation.TANH, "random");
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

  @ParameterizedTest
  @CsvSource({"64", "1021"})
  void anotherOrderIsNoError(int width) {
    assertThat(judged(width, Fault.PRODUCT_DESCENDS).verdict()).isEqualTo(Verdict.AGREES);
  }
}
