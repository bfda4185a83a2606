package dev.lockstep.bench.terminal;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Colours the words of verdicts in text that is already laid out. Colour only repeats what the word
 * says, so nothing is lost without it.
 */
enum Colour {
  GREEN(32, "AGREES", "HELD", "HOLDS", "FASTER"),
  RED(31, "ALARM", "DOES NOT HOLD", "DIFFERS", "FAILED", "FAULT", "SLOWER"),
  YELLOW(
      33,
      "LOCKSTEP BROKEN",
      "BROKEN",
      "INCONCLUSIVE",
      "INCOMPLETE",
      "UNAVAILABLE",
      "UNSUPPORTED",
      "UNDECIDED",
      "COULD BE SLOWER",
      "NOT TESTED",
      "PARTIAL");

  private static final String RESET = "\u001b[m";

  /** Words that stand alone, longer ones first. What is counted as 0 did not happen. */
  private static final Pattern WORD =
      Pattern.compile(
          Arrays.stream(values())
              .flatMap(colour -> colour.words.stream())
              .sorted((a, b) -> b.length() - a.length())
              .collect(Collectors.joining("|", "(?<![\\w/.=-])(?:", ")(?![\\w/=-])(?! in 0\\b)")));

  private final int code;
  private final List<String> words;

  Colour(int code, String... words) {
    this.code = code;
    this.words = List.of(words);
  }

  Stream<String> words() {
    return words.stream();
  }

  /** Returns a line with the escape sequences that colour the words of verdicts. */
  static String paint(String line) {
    return WORD.matcher(line)
        .replaceAll(
            found ->
                String.format(
                    Locale.ROOT, "\u001b[%dm%s%s", of(found.group()).code, found.group(), RESET));
  }

  private static Colour of(String word) {
    return Arrays.stream(values())
        .filter(colour -> colour.words.contains(word))
        .findFirst()
        .orElseThrow();
  }
}
