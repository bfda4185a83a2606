package dev.lockstep.bench.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.input.InputException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RangeTest {

  private static Range parse(String text) {
    return Range.parse(Bounds.UNITS, "--width", text);
  }

  @Test
  void numbersAndRanges() {
    assertThat(parse("7").values()).containsExactly(7);
    assertThat(parse("256..8192*2").values()).containsExactly(256, 512, 1024, 2048, 4096, 8192);
    assertThat(parse("64..256+64").values()).containsExactly(64, 128, 192, 256);
    assertThat(parse("1021,33,33,250..1000*2").values()).containsExactly(1021, 33, 250, 500, 1000);
    assertThat(parse("16777216..16777216*999999999").values()).containsExactly(16777216);
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
        "16777217",
        "1..33554432*2",
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
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("--width: width is " + (text.matches("|,7|7,") ? "''" : text));
  }

  @Test
  void tooManyAreRefused() {
    for (String text : List.of("1..16777216+1", "1..1000+1,2000", "1..600+1,2001..2600+1")) {
      assertThatThrownBy(() -> parse(text))
          .hasMessage("--width: range is " + text + ", expected at most 1000 values");
    }
    assertThat(parse("1..1000+1,7,1..1000+1").values()).hasSize(1000);
  }
}
