package dev.lockstep.bench.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.agreement.Tier;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Resources;
import dev.lockstep.cpu.FaultyScalar;
import dev.lockstep.cpu.FaultyScalar.Fault;
import dev.lockstep.data.Digits;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.scenario.DataSource;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A cell sees every fault in what exact backends owe to the bit, and names where it begins. */
final class OwedBitsTest {

  private static final int STEPS = 12;

  private static Outcome faulty(CellOptimizer optimizer, Loss loss, Backend backend) {
    Cell cell = new Cell(33, 7, 2, Activation.TANH, "random", optimizer, loss, 0);
    CellResult result =
        new CellRun(
                cell,
                cell.scenario(new DataSource.EmbeddedDigits(), STEPS, Cell.USUAL_SEED),
                Digits.load(),
                List.of(Backends.named("test", "scalar"), backend),
                new Resources(1))
            .sideBySide(() -> {});
    assertThat(result.interruptions()).isEmpty();
    assertThat(result.outcomes().getFirst().verdict()).isEqualTo(Verdict.AGREES);
    return result.outcomes().getLast();
  }

  @ParameterizedTest
  @CsvSource({
    "PRODUCT_DESCENDS, SGD, CROSS_ENTROPY, 'step 1, product of layer 1[0][1]: '",
    "PRODUCT_WITHOUT_FMA, SGD, CROSS_ENTROPY, 'step 1, product of layer 1[0][4]: '",
    "FIRST_ROW_IN_TWO_ACCUMULATORS, SGD, CROSS_ENTROPY, 'step 1, product of layer 1[0][1]: '",
    "TANH_LOSES_A_BIT_NEAR_ONE, SGD, CROSS_ENTROPY, 'step 5, activations of layer 1[5][21]: '",
    "TANH_SLOPE_NOT_SQUARED, SGD, CROSS_ENTROPY, 'step 1, delta of layer 2[0][0]: '",
    "LAST_COLUMN_NOT_SUMMED, SGD, CROSS_ENTROPY, 'step 1, gradient of b3[0][9]: '",
    "ROW_LOSS_WITHOUT_LOG, SGD, CROSS_ENTROPY, 'step 1, loss[0][0]: '",
    "ROW_LOSS_NOT_HALVED, SGD, SQUARED_ERROR, 'step 1, loss[0][0]: '",
    "ADAM_OF_MAGNITUDES, ADAM, CROSS_ENTROPY, 'step 1, W1[0][0]: '",
    "MOMENTS_OF_ZERO, MOMENTUM, CROSS_ENTROPY, 'step 1, moment 1 of W1[1][0]: '",
    "MOMENTS_OF_ZERO, ADAM, CROSS_ENTROPY, 'step 1, moment 1 of W1[0][0]: '",
    "GRADIENTS_OF_THE_STEP_BEFORE, SGD, CROSS_ENTROPY, 'step 12, gradient of b3[0][0]: '",
    "EVALUATES_WITHOUT_OUTPUT_BIAS, SGD, CROSS_ENTROPY, 'step 12, loss of the test rows[0][0]: '",
    "EVALUATES_LABEL_OF_NEXT_ROW, SGD, CROSS_ENTROPY, 'step 12, accuracy of the test rows[0][0]: '"
  })
  void isNamedWhereItBegins(Fault fault, CellOptimizer optimizer, Loss loss, String where) {
    Outcome outcome = faulty(optimizer, loss, new FaultyScalar(fault));
    assertThat(outcome.complaint().orElse("")).startsWith("DIFFERS (bits): " + where);
    assertThat(outcome.code()).isEqualTo(Code.BITS_DIFFER);
  }

  @ParameterizedTest
  @EnumSource(names = {"SGD", "ADAM"})
  void withoutAFaultItAgrees(CellOptimizer optimizer) {
    for (Loss loss : Loss.values()) {
      assertThat(faulty(optimizer, loss, new FaultyScalar(Fault.NONE)).agreements())
          .singleElement()
          .satisfies(bits -> assertThat(bits.tier()).isEqualTo(Tier.BITS))
          .satisfies(bits -> assertThat(bits.verdict()).isEqualTo(Verdict.AGREES))
          .satisfies(bits -> assertThat(bits.steps()).isEqualTo(STEPS));
    }
  }
}
