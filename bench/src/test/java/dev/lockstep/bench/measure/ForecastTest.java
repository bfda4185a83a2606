package dev.lockstep.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.cases.Harness;
import dev.lockstep.bench.flags.Budget;
import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.results.ForkResult;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ForecastTest {

  private static final Budget NO_BUDGET = Budget.of(null);

  private final Forecast forecast = new Forecast(Pace.USUAL);

  private static Case product(String backend, int size) {
    return Harness.PRODUCT.of(
        Map.of(
            Axis.BACKEND,
            backend,
            Axis.SHAPE,
            size + "x" + size + "x" + size,
            Axis.FORM,
            "AB",
            Axis.THREADS,
            "1"));
  }

  private static Map<Case, Integer> forks(int ofEach, Case... cases) {
    Map<Case, Integer> forks = new LinkedHashMap<>();
    for (Case of : cases) {
      forks.put(of, ofEach);
    }
    return forks;
  }

  @Test
  void beforeAnyForkThePaceAndTheOperationsTell() {
    // 10 iterations of half a second, and 1.5 s for the JVM.
    assertThat(forecast.seconds(product("vector", 1024))).isCloseTo(6.5, within(1e-9));
    // A call of 2 * 8192^3 operations takes 11 s at 100 GFLOP/s.
    assertThat(forecast.seconds(product("vector", 8192))).isBetween(110.0, 115.0);
  }

  @Test
  void aForkTellsTheLengthOfTheNext() {
    forecast.learn(product("vector", 1024), 13);
    assertThat(forecast.seconds(product("vector", 1024))).isEqualTo(13);
    assertThat(forecast.seconds(product("vector", 777)))
        .as("twice as long as estimated, like the other one")
        .isCloseTo(13, within(1e-9));
    assertThat(forecast.seconds(product("scalar", 777)))
        .as("another backend")
        .isCloseTo(6.5, within(1e-9));
  }

  @Test
  void aResumedRunKnowsItsForks() {
    Case of = product("vector", 7);
    ForkResult fork = new ForkResult(of, 1, 0, 33, List.of(1.0), List.of(), List.of(), List.of());
    forecast.learn(
        List.of(
            new CaseResult(of, 1, 0, "", "", List.of(fork)),
            new CaseResult(product("scalar", 7), 1, 0, "", "", List.of())));
    assertThat(forecast.seconds(forks(2, of))).isEqualTo(66);
  }

  @Test
  void saysWhatARunWillTake() {
    Case a = product("vector", 7);
    Case b = product("vector", 33);
    assertThat(forecast.text(forks(3, a, b), forks(8, a, b), NO_BUDGET))
        .isEqualTo("2 cases, 6 forks in about 39 s, and at most 16 forks in about 104 s");
    assertThat(forecast.text(forks(1, a), forks(1, a), NO_BUDGET))
        .isEqualTo("1 case, 1 fork in about 7 s");
  }

  @Test
  void saysWhetherTheBudgetSuffices() {
    Case a = product("vector", 7);
    assertThat(budget(10, a))
        .endsWith(
            "; the budget of 10 s ends before every case has its fewest forks: choose fewer cases,"
                + " forks or iterations");
    assertThat(budget(30, a)).endsWith("; the budget of 30 s suffices for the fewest forks");
    assertThat(budget(60, a)).endsWith("; the budget of 60 s suffices");
  }

  private String budget(int seconds, Case of) {
    return forecast.text(forks(3, of), forks(8, of), Budget.of(Duration.ofSeconds(seconds)));
  }

  /** Two forks of each arm make a block; a ceiling beside them gets one for each. */
  @Test
  void countsTheForksOfBlocks() {
    Case a = product("vector", 7);
    Case b = product("scalar", 7);
    Case ceiling = Harness.CEILING_FMA.of(Map.of(Axis.THREADS, "1"));
    Plan blocks = new Plan(List.of(ceiling, a, b), List.of(), Axis.BACKEND);
    assertThat(blocks.forks(3)).isEqualTo(Map.of(ceiling, 2, a, 4, b, 4));
    assertThat(new Plan(List.of(ceiling, a, b), List.of(), "").forks(3))
        .isEqualTo(Map.of(ceiling, 3, a, 3, b, 3));
  }
}
