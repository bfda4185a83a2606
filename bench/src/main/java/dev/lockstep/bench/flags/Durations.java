package dev.lockstep.bench.flags;

import dev.lockstep.input.InputException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as users write them: a whole number and one of the units ms, s, m and h. */
public final class Durations {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,6})(ms|s|m|h)");

  private Durations() {}

  /** The shortest text that {@link #parse} reads as this duration, in whole milliseconds. */
  public static String text(Duration time) {
    long milliseconds = time.toMillis();
    if (milliseconds % 1000 != 0) {
      return milliseconds + "ms";
    }
    long seconds = milliseconds / 1000;
    return seconds % 3600 == 0
        ? seconds / 3600 + "h"
        : seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }

  /**
   * Reads {@code 20ms}, {@code 90s}, {@code 8m} or {@code 1h}.
   *
   * @throws InputException naming the flag and the value, if the text is not a positive duration
   */
  public static Duration parse(String flag, String text) {
    Matcher matcher = TEXT.matcher(text);
    if (matcher.matches()) {
      long count = Long.parseLong(matcher.group(1));
      Duration duration =
          switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
          };
      if (duration.isPositive()) {
        return duration;
      }
    }
    throw new InputException(flag, "time", text, "expected a time such as 90s, 8m or 1h");
  }
}
