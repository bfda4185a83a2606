package dev.lockstep.agreement;

import java.util.Locale;

/**
 * How far the test accuracies of two runs may be apart that differ in nothing but rounding.
 *
 * <p>The limit is that of two networks trained independently to the same accuracy p, each right on
 * each of n rows with probability p. The difference S of the rows they get right is a sum of n
 * independent terms of mean zero, at most 1 in size, with variances that add up to v = 2 n p (1 -
 * p), and Bernstein's inequality gives
 *
 * <pre>P(|S| &gt;= t) &lt;= 2 exp(-t^2 / (2 (v + t / 3))).</pre>
 *
 * <p>The right side is {@value #CHANCE} at t = a / 3 + sqrt(a^2 / 9 + 2 v a), where a = ln(2 /
 * {@value #CHANCE}): the limit. A thousand comparisons stay within it with probability 0.999. For p
 * the mean of both accuracies is taken.
 *
 * <p>Runs that differ by rounding alone are no such strangers: they agree on most rows, which makes
 * their S smaller. But the rows they do not agree on are few boundaries that moved, and go the same
 * way in company: 22 of 27 did in a network trained row by row with operands of bfloat16. A limit
 * made of those rows alone, as if they were independent (McNemar's), which is 28 there, would soon
 * be too narrow. This one leaves room for that: 12 points at 90% of 450 rows, 19 points at 50%.
 *
 * @param rows n
 * @param judged accuracy of the run it is about, 0 to 1
 * @param reference accuracy that it is held against
 * @param owed what is judged
 */
public record AccuracyLimit(int rows, double judged, double reference, Owed owed) {

  /** Probability that a sound comparison is beyond the limit. */
  public static final double CHANCE = 1e-6;

  /** What the run owes. */
  public enum Owed {
    /** To be as good as the reference, neither better nor worse. */
    ALIKE,
    /** To be as good or better. */
    NOT_WORSE
  }

  /** Largest difference that chance accounts for, in rows. */
  public double limit() {
    double mean = (judged + reference) / 2;
    double variance = 2 * rows * mean * (1 - mean);
    double a = Math.log(2 / CHANCE);
    return a / 3 + Math.sqrt(a * a / 9 + 2 * variance * a);
  }

  /** Share of the limit used; above 1 it is exceeded. */
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
