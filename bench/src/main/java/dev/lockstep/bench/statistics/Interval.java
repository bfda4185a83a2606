package dev.lockstep.bench.statistics;

/**
 * A confidence interval of a time or of a ratio of times, ends included.
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

  /** Whether a value lies in it. */
  public boolean contains(double value) {
    return lower <= value && value <= upper;
  }

  /** Whether all of another lies in it. */
  public boolean contains(Interval other) {
    return lower <= other.lower && other.upper <= upper;
  }

  /**
   * How far the ends are from their geometric mean, as a share: 0.02 where that is known to 2%.
   * What to look at for "narrow enough".
   */
  public double relativeHalfWidth() {
    return Math.sqrt(upper / lower) - 1;
  }
}
