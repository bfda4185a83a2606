package dev.lockstep.bench.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.input.Printable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ColourTest {

  private static final String SEQUENCE = "\u001b\\[\\d*m";

  /** That two times do not differ is the only verdict which is neither good, bad nor open. */
  static Stream<String> verdicts() {
    return Stream.concat(
        Arrays.stream(dev.lockstep.agreement.Verdict.values()).map(Enum::name),
        Arrays.stream(dev.lockstep.bench.statistics.Verdict.values())
            .filter(verdict -> verdict != dev.lockstep.bench.statistics.Verdict.SAME)
            .map(Enum::name));
  }

  @ParameterizedTest
  @MethodSource("verdicts")
  void everyVerdictHasAColour(String verdict) {
    assertThat(Colour.paint("vector  " + verdict + ": 3"))
        .matches("vector  \u001b\\[3[123]m" + verdict + "\u001b\\[m: 3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Verdict: AGREES. All agree.           | Verdict: <32>AGREES<>. All agree.",
        "numpy LOCKSTEP BROKEN (library order) | numpy <33>LOCKSTEP BROKEN<> (library order)",
        "DOES NOT HOLD on scalar               | <31>DOES NOT HOLD<> on scalar",
        "COULD BE SLOWER by more than 5%       | <33>COULD BE SLOWER<> by more than 5%",
        "FASTER in 0, SLOWER in 10 of 10 rows  | FASTER in 0, <31>SLOWER<> in 10 of 10 rows",
        "no file /tmp/FAILED/x FAILED-1 a=HELD | no file /tmp/FAILED/x FAILED-1 a=HELD",
        "agrees, UNDIFFERS, HELDS              | agrees, UNDIFFERS, HELDS",
      })
  void onlyWordsOfVerdictsAreColoured(String line, String painted) {
    assertThat(Colour.paint(line))
        .isEqualTo(painted.replaceAll("<(\\d*)>", "\u001b[$1m").replace("\u001b[m", "\u001b[m"));
  }

  /** Random text of words, foreign control characters and separators. */
  @Test
  void colourAddsNothingButItsSequences() {
    List<String> parts =
        Stream.concat(
                Arrays.stream(Colour.values()).flatMap(Colour::words),
                Stream.of(
                    " ", "\u001b", "[31m", "\u009b", "$1", "\\", "/", ".", "\n", "é", "🙂", "x"))
            .toList();
    Random random = new Random(20);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int part = random.nextInt(8); part >= 0; part--) {
        text.append(parts.get(random.nextInt(parts.size())));
      }
      String cleaned = Printable.of(text.toString());
      assertThat(Colour.paint(cleaned).replaceAll(SEQUENCE, "")).isEqualTo(cleaned);
    }
  }

  @Test
  void wordsHaveOneColour() {
    assertThat(Arrays.stream(Colour.values()).flatMap(Colour::words)).doesNotHaveDuplicates();
  }

  @Test
  void variablesDeclineColours() {
    assertThat(Terminal.wantsColours(Map.of("TERM", "xterm"))).isTrue();
    assertThat(Terminal.wantsColours(Map.of("TERM", "xterm", "NO_COLOR", ""))).isTrue();
    assertThat(Terminal.wantsColours(Map.of())).as("no kind of terminal").isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "0", "false", " "})
  void anyValueOfNoColorDeclinesThem(String value) {
    assertThat(Terminal.wantsColours(Map.of("TERM", "xterm", "NO_COLOR", value))).isFalse();
    assertThat(Terminal.wantsColours(Map.of("TERM", "dumb"))).isFalse();
  }
}
