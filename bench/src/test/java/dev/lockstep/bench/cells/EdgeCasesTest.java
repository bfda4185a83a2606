package dev.lockstep.bench.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.agreement.Tier;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Resources;
import dev.lockstep.cpu.FaultyScalar;
import dev.lockstep.cpu.FaultyScalar.Fault;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The edge cases see faults that training hides or that all exact backends have in common. */
final class EdgeCasesTest {

  private static List<Agreement> agreements(long seed, Backend... backends) {
    Experiment.Besides<Experiment.Compared> all =
        EdgeCases.of(List.of(backends), new LostDevice(), new Resources(2), seed);
    assertThat(all.interruptions()).isEmpty();
    return all.outcomes().stream().map(Experiment.Compared::agreement).toList();
  }

  @Test
  void soundBackendsAgree() {
    for (long seed = 1; seed <= 5; seed++) {
      List<Agreement> agreements =
          agreements(
              seed,
              Stream.concat(
                      Stream.of("scalar", "vector", "double")
                          .map(name -> Backends.named("test", name)),
                      Stream.of(new FaultyScalar("library", Kind.LIBRARY, Fault.PRODUCT_DESCENDS)))
                  .toArray(Backend[]::new));
      assertThat(agreements)
          .allSatisfy(
              agreement -> {
                assertThat(agreement.reason()).isEqualTo("all results are as known beforehand");
                assertThat(agreement.verdict()).isEqualTo(Verdict.AGREES);
                assertThat(agreement.tier()).isEqualTo(Tier.EDGE_CASES);
              });
      assertThat(agreements).extracting(Agreement::steps).startsWith(102, 102, 3);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PRODUCT_DESCENDS, 'product, AB of 1x250 by 250x129, C[0][0]: '",
    "PRODUCT_WITHOUT_FMA, 'product, AB of 1x250 by 250x129, C[0][2]: '",
    "FIRST_ROW_IN_TWO_ACCUMULATORS, 'product, AB of 1x250 by 250x129, C[0][0]: '",
    "FIRST_ELEMENTS_WITH_A_TERM_OF_ZERO, 'product that ends in -0, AB of 9x17 by 17x37, C[0][0]: '",
    "FIRST_ROW_SKIPS_ZEROS, 'product with zeros after -0, AB of 9x17 by 17x37, C[0][0]: '",
    "SECOND_PANEL_STARTS_ANEW, 'product, AB of 9x1500 by 1500x20, C[0][0]: '",
    "GELU_ENDS_AFTER_512, 'gelu of 3x1037 numbers, a[0][514]: '",
    "TANH_WITHOUT_ITS_LOW_PART, 'tanh of 3x1037 numbers, a[0][5]: '",
    "DERIVATIVE_FLUSHES_SUBNORMALS, 'slopes of identity of 3x1 numbers, dA[0][0]: '",
    "LEAKY_SLOPE_OF_ONE_AT_ZERO, 'slopes of leaky-relu of 3x1 numbers, dA[0][0]: '",
    "TANH_SLOPE_NOT_SQUARED, 'slopes of tanh of 3x33 numbers, dA[0][1]: '",
    "ROW_LOSS_WITHOUT_LOG, 'cross-entropy of 7x10 outputs, losses of rows[0][1]: '",
    "ROW_LOSS_NOT_HALVED, 'squared error of 1x10 outputs, losses of rows[0][0]: '",
    "LAST_ROW_LOSSES_SWAPPED, 'cross-entropy of 7x10 outputs, losses of rows[0][5]: '",
    "SOFTMAX_WITHOUT_MAXIMUM, 'cross-entropy of 1x10 outputs, losses of rows[0][0]: '",
    "LAST_COLUMN_NOT_SUMMED, 'column sums of 33x1 numbers, sums[0][0]: '",
    "NESTEROV_VELOCITY_WITHOUT_DECAY, 'update by nesterov:0.9 with weight decay of 3x1 numbers, w'",
    "ADAM_OF_MAGNITUDES, 'update by adam of 3x1 numbers, w[2][0]: '",
    "NEVER_STOPS, 'overflow of the loss: the loss was not finite at step 2, but training did not"
        + " s'",
    "LEARNS_AFTER_THE_STOP, 'overflow of the loss: it must end all updates, but step 2, W1[0][0]:"
        + " '",
    "EVALUATES_WITHOUT_OUTPUT_BIAS, 'loss of an exact evaluation[0][0]: '",
    "EVALUATES_LAST_OF_LARGEST, 'accuracy of an exact evaluation[0][0]: '",
    "EVALUATES_A_ROW_TOO_MANY, 'accuracy of an exact evaluation[0][0]: '",
    "EVALUATES_LABEL_OF_NEXT_ROW, 'accuracy of an exact evaluation[0][0]: '"
  })
  void isNamedWithoutAReference(Fault fault, String where) {
    Agreement agreement = agreements(Cell.USUAL_SEED, new FaultyScalar(fault)).getFirst();
    assertThat(agreement.reason()).startsWith(where);
    assertThat(agreement.verdict()).isEqualTo(Verdict.DIFFERS);
    assertThat(agreement.code()).isEqualTo(Code.EDGE_CASE_DIFFERS);
  }

  /** A function within its errors still owes the bits of the first exact backend. */
  @Test
  void aBitOfAFunctionIsNamed() {
    Agreement agreement =
        agreements(
                Cell.USUAL_SEED,
                Backends.named("test", "vector"),
                new FaultyScalar(Fault.GELU_LOSES_A_BIT))
            .getLast();
    assertThat(agreement.reason())
        .startsWith(
            "gelu of 3x1 numbers, a[0][0]: 0.0 (0x00000000) expected, -1.4E-45 (0x80000001) ");
    assertThat(
            agreements(Cell.USUAL_SEED, new FaultyScalar(Fault.GELU_LOSES_A_BIT))
                .getFirst()
                .verdict())
        .isEqualTo(Verdict.AGREES);
  }

  /** Libraries choose the order of products; around these they owe canonical bits. */
  @Test
  void aLibraryOwesAllButProducts() {
    Agreement agreement =
        agreements(
                Cell.USUAL_SEED,
                new FaultyScalar("library", Kind.LIBRARY, Fault.LEAKY_SLOPE_OF_ONE_AT_ZERO))
            .getFirst();
    assertThat(agreement.reason()).startsWith("slopes of leaky-relu of 3x1 numbers, dA[0][0]: ");
  }
}
