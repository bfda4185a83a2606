package dev.lockstep.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SuggestionTest {

  private static final List<String> KNOWN =
      List.of(
          "check", "train", "compare", "completion", "map", "--width", "--wide", "--batch", "-h");

  @ParameterizedTest
  @CsvSource({
    "chekc, ; did you mean check?",
    "trian, ; did you mean train?",
    "mpa, ; did you mean map?",
    "comp, ; did you mean compare or completion?",
    "checks, ; did you mean check?",
    "checkpoint, ; did you mean check?",
    "--widht, ; did you mean --width?",
    "--wid, ; did you mean --wide?",
    "--bacth, ; did you mean --batch?",
    "x, ''",
    "frobnicate, ''",
    "--frobnicate, ''",
    "'', ''",
  })
  void whatIsCloseIsSuggested(String given, String suggestion) {
    assertThat(Suggestion.of(given, KNOWN)).isEqualTo(suggestion);
  }
}
