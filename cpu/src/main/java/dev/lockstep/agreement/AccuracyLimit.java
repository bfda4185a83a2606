package dev.lockstep.agreement;

import java.util.Locale;

/**
 * The largest accepted difference between the test accuracies of two runs that differ only in
 * rounding.
 *
 * <p>The limit is derived for two independently trained networks of the same accuracy p, each of
 * which is right on each of n rows with probability p. Let S be the difference of the numbers of
 * rows they get right. S is a sum of n independent terms of mean zero and magnitude at most 1, and
 * the variances of the terms add up to v = 2 n p (1 - p). Bernstein's inequality gives
 *
 * <pre>P(|S| &gt;= t) &lt;= 2 exp(-t^2 / (2 (v + t / 3))).</pre>
 *
 * <p>The limit is the t at which the right side is {@value #CHANCE}: t = a / 3 + sqrt(a^2 / 9 + 2 v
 * a), where a = ln(2 / {@value #CHANCE}). A thousand comparisons all stay within it with
 * probability 0.999. p is estimated by the mean of the two accuracies.
 *
 * <p>Runs that differ only in rounding are correlated: they agree on most rows, which makes S
 * smaller. The rows on which they differ lie at few decision boundaries that moved, and mostly
 * change in the same direction: 22 of 27 did in a network trained row by row with bfloat16
 * operands. McNemar's test treats these rows as independent; its limit, 28 rows there, would soon
 * be too narrow. This limit leaves enough room: 12 points at 90% of 450 rows, 19 points at 50%.
 *
 * @param rows n, the number of test rows
 * @param judged accuracy of the judged run, 0 to 1
 * @param reference accuracy of the reference run, 0 to 1
 * @param owed what the judged run owes
 */
public record AccuracyLimit(int rows, double judged, double reference, Owed owed) {

  /** The largest probability that a sound comparison exceeds the limit. */
  public static final double CHANCE = 1e-6;

  /** The requirement on the judged run. */
  public enum Owed {
    /** It must be as good as the reference, neither better nor worse. */
    ALIKE,
    /** It must be as good as the reference or better. */
    NOT_WORSE
  }

  /** Returns the largest difference that chance accounts for, in rows. */
  public double limit() {
    double mean = (judged + reference) / 2;
    double variance = 2 * rows * mean * (1 - mean);
    double a = Math.log(2 / CHANCE);
    return a / 3 + Math.sqrt(a * a / 9 + 2 * variance * a);
  }

  /** Returns the used share of the limit; above 1 the limit is exceeded. */
  public double share() {
    double ahead = rows * (judged - reference);
    return switch (owed) {
      case ALIKE -> Math.abs(ahead) / limit();
      case NOT_WORSE -> Math.max(0, -ahead) / limit();
    };
  }

  /** {@code test accuracy 63.1% against 62.7%, where chance accounts for 18.1 points}. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "test accuracy %.1f%% against %.1f%%, where chance accounts for %.1f points",
        100 * judged,
        100 * reference,
        100 * limit() / rows);
  }
}
