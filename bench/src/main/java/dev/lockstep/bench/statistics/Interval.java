package dev.lockstep.bench.statistics;

/**
 * A closed confidence interval of a time or of a ratio of times.
 *
 * @param lower at least 0
 * @param upper at least {@code lower}; may be infinite
 */
public record Interval(double lower, double upper) {

  /**
   * Checks the ends.
   *
   * @throws IllegalArgumentException if they are not 0 &lt;= lower &lt;= upper
   */
  public Interval {
    if (!(0 <= lower && lower <= upper)) {
      throw new IllegalArgumentException("interval from " + lower + " to " + upper);
    }
  }

  static Interval ofLogs(double lower, double upper) {
    return new Interval(Math.exp(lower), Math.exp(upper));
  }

  /** Whether a value lies in this interval. */
  public boolean contains(double value) {
    return lower <= value && value <= upper;
  }

  /** Whether another interval lies entirely in this one. */
  public boolean contains(Interval other) {
    return lower <= other.lower && other.upper <= upper;
  }

  /**
   * The relative distance of the ends from their geometric mean, 0.02 for 2%: the precision that
   * stopping rules compare with their target.
   */
  public double relativeHalfWidth() {
    return Math.sqrt(upper / lower) - 1;
  }
}
