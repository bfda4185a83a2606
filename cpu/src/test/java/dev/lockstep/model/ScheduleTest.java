package dev.lockstep.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.input.InputException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {

  private static double[] factors(String schedule, long... steps) {
    Schedule parsed = Schedule.parse("test", schedule);
    return LongStream.of(steps).mapToDouble(parsed::factor).toArray();
  }

  @Test
  void constantIsOne() {
    assertThat(factors("constant", 0, 1, Long.MAX_VALUE)).containsExactly(1, 1, 1);
  }

  @Test
  void stairsGoDownAfterEachFlight() {
    assertThat(factors("step:10:0.5", 0, 9, 10, 19, 20, 100))
        .containsExactly(1, 1, 0.5, 0.5, 0.25, Math.pow(0.5, 10));
    assertThat(factors("step:1:0", 0, 1, 2)).containsExactly(1, 0, 0);
  }

  /** (1 + cos 45 degrees) / 2 = 0.853553... */
  @Test
  void aCosineGoesFromOneToZeroAndStaysThere() {
    assertThat(factors("cosine:4", 0, 1, 2, 3, 4, 5))
        .containsExactly(
            new double[] {1, 0.8535533905932737, 0.5, 0.14644660940672627, 0, 0}, within(1e-15));
  }

  @ParameterizedTest
  @ValueSource(strings = {"constant", "step:10:0.5", "cosine:2000"})
  void textFormsAreReadBack(String text) {
    assertThat(Schedule.parse("test", text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "linear",
        "constant:1",
        "step",
        "step:10",
        "step:0:0.5",
        "step:10:1.5",
        "step:10:NaN",
        "step:10:0.5:1",
        "cosine",
        "cosine:0",
        "cosine:x",
        "cosine:99999999999"
      })
  void otherTextsAreRefused(String text) {
    assertThatThrownBy(() -> Schedule.parse("--schedule", text))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("--schedule: schedule is ")
        .hasMessageContaining("expected one of constant, step:STEPS:FACTOR, cosine:STEPS");
  }
}
