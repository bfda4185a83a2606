package dev.lockstep.agreement;

import java.util.Locale;

/** Shares of a bound or a limit as people read them. */
public final class Percent {

  private Percent() {}

  /** Two digits, {@code 8.7%}, or three from 100% on; never in powers of ten. */
  public static String of(double share) {
    double percent = 100 * share;
    return percent >= 99.5 && percent < 1000
        ? String.format(Locale.ROOT, "%.0f%%", percent)
        : String.format(Locale.ROOT, "%.2g%%", percent);
  }
}
