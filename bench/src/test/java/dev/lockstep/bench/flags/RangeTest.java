package dev.lockstep.bench.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.input.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RangeTest {

  @Test
  void numbersAndRanges() {
    assertThat(Range.parse("--width", "7").values()).containsExactly(7);
    assertThat(Range.parse("--width", "256..8192*2").values())
        .containsExactly(256, 512, 1024, 2048, 4096, 8192);
    assertThat(Range.parse("--width", "64..256+64").values()).containsExactly(64, 128, 192, 256);
    assertThat(Range.parse("--width", "1021,33,33,250..1000*2").values())
        .containsExactly(1021, 33, 250, 500, 1000);
    assertThat(Range.parse("--width", "999999999..999999999*999999999").values())
        .containsExactly(999999999);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "7,",
        ",7",
        "0",
        "-1",
        "1e3",
        "256..8192",
        "256..128*2",
        "1..9*1",
        "1..9+0",
        "0..9+1",
        "1..9*",
        "9999999999",
        " 7",
        "7 8"
      })
  void whatIsNoneIsRefusedByName(String text) {
    assertThatThrownBy(() -> Range.parse("--width", text))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("--width: width is " + (text.isEmpty() ? "''" : text));
  }

  @Test
  void tooManyAreRefused() {
    assertThatThrownBy(() -> Range.parse("--width", "1..999999999+1"))
        .hasMessage("--width: range is 1..999999999+1, expected at most 1000 values");
  }
}
