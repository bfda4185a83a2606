package dev.lockstep.agreement;

import java.util.Locale;

/** Formats shares of a bound or a limit as percentages. */
public final class Percent {

  private Percent() {}

  /** Returns two significant digits, such as {@code 8.7%}, or three from 100% to 999%. */
  public static String of(double share) {
    double percent = 100 * share;
    return percent >= 99.5 && percent < 1000
        ? String.format(Locale.ROOT, "%.0f%%", percent)
        : String.format(Locale.ROOT, "%.2g%%", percent);
  }
}
