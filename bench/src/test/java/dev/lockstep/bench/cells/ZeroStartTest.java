package dev.lockstep.bench.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Resources;
import dev.lockstep.cpu.FaultyScalar;
import dev.lockstep.cpu.FaultyScalar.Fault;
import dev.lockstep.data.Digits;
import dev.lockstep.scenario.DataSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ZeroStartTest {

  private static final Backend VECTOR = Backends.named("test", "vector");

  private static List<ZeroStart.Result> results(Backend... backends) {
    return ZeroStart.of(
            List.of(backends),
            new LostDevice(),
            new Resources(1),
            new DataSource.EmbeddedDigits(),
            Digits.load(),
            Cell.USUAL_SEED)
        .outcomes();
  }

  @Test
  void holdsOnSoundBackends() {
    assertThat(results(VECTOR, Backends.named("test", "double")))
        .extracting(ZeroStart.Result::verdict)
        .containsExactly(Verdict.AGREES, Verdict.AGREES);
  }

  @Test
  void oneUlpRefutesIt() {
    ZeroStart.Result result = results(new FaultyBackend(VECTOR, 1)).getFirst();
    assertThat(result.verdict()).isEqualTo(Verdict.DIFFERS);
    assertThat(result.reason())
        .isEqualTo(
            "with tanh, W1 never moves, but moves in step 1, W1[0][6]: 0.0 (0x00000000) expected,"
                + " 1.4E-45 (0x00000001) found; lockstep BROKEN at step 1, hidden layer 1, units 6"
                + " to 6 of 7 (2 classes), by the update");
  }

  /** Figures that are as they should be, from units that came apart. */
  @ParameterizedTest
  @CsvSource({
    "FIRST_ROW_IN_TWO_ACCUMULATORS, 'with sigmoid, unit '",
    "LAST_COLUMN_NOT_SUMMED, 'with sigmoid, unit 6 of hidden layer 1 differs from unit 0 after step"
        + " 6, in W1['"
  })
  void whatFailedIsNamed(Fault fault, String start) {
    assertThat(results(new FaultyScalar(fault)).getFirst().reason())
        .startsWith(start)
        .containsPattern("; lockstep BROKEN at step \\d, hidden layer \\d, units .*, by the ");
  }

  @Test
  void librariesAreNotAsked() {
    assertThat(results(new FaultyBackend(VECTOR, Kind.LIBRARY, OperandRounding.NONE, 1))).isEmpty();
  }
}
