package dev.lockstep.bench.suite;

import dev.lockstep.model.InputException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long a suite may take, from now on. */
final class Budget {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,6})(s|m|h)");

  private final long start = System.nanoTime();
  private final Duration whole;

  Budget(Duration whole) {
    this.whole = whole;
  }

  /**
   * Reads {@code 90s}, {@code 8m} or {@code 1h}.
   *
   * @throws InputException naming the flag and the value
   */
  static Duration parse(String flag, String text) {
    Matcher matcher = TEXT.matcher(text);
    if (matcher.matches()) {
      long count = Long.parseLong(matcher.group(1));
      Duration duration =
          switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
          };
      if (duration.isPositive()) {
        return duration;
      }
    }
    throw new InputException(flag, "budget", text, "expected a time such as 90s, 8m or 1h");
  }

  /** Tells when so much of it is used up. What begins a little before that may end after it. */
  BooleanSupplier until(double share) {
    return () -> spent().toNanos() >= share * whole.toNanos();
  }

  /** Since the start. */
  Duration spent() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** All of it. */
  Duration whole() {
    return whole;
  }
}
