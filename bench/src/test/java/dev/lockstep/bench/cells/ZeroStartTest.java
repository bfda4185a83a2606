package dev.lockstep.bench.cells;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Resources;
import dev.lockstep.data.Digits;
import dev.lockstep.scenario.DataSource;
import java.util.List;
import org.junit.jupiter.api.Test;

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
    assertThat(results(new FaultyBackend(VECTOR, 1)).getFirst())
        .satisfies(result -> assertThat(result.verdict()).isEqualTo(Verdict.DIFFERS))
        .satisfies(
            result ->
                assertThat(result.reason())
                    .contains("W1 b1 W2 b2 W3 b3, tanh: 1  never  never  never  never  1"));
  }

  @Test
  void librariesAreNotAsked() {
    assertThat(results(new FaultyBackend(VECTOR, Kind.LIBRARY, OperandRounding.NONE, 1))).isEmpty();
  }
}
