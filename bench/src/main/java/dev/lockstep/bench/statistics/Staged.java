package dev.lockstep.bench.statistics;

import java.util.Optional;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * The mean of measurements in two stages, of which the first decides how many the second has.
 *
 * <p>An interval whose width decides when to stop is too narrow: measurements that happen to be
 * alike end the run. The variance is therefore that of the first stage alone, and only the mean is
 * that of all measurements; their quotient has Student's t distribution however many there are (C.
 * Stein, A Two-Sample Test for a Linear Hypothesis Whose Power is Independent of the Variance, Ann.
 * Math. Statist. 16 (1945)).
 *
 * <p>Where the number of measurements is limited, a first stage of small variance makes a value
 * known, and among noisy benchmarks such first stages are the lucky ones. Known within a share is
 * therefore only what all measurements bear out: the upper 99% bound of their variance must be so
 * small that a mean of as many lies within that share in 95% of runs. What is too noisy for that is
 * called known in at most 1% of runs.
 */
public final class Staged {

  /** The confidence of the bound of the variance. */
  private static final double BOUND = 0.99;

  /** The fewest degrees of freedom of a variance that bears anything out. */
  private static final int LEAST_DEGREES = 4;

  private static final double Z =
      NormalDistribution.of(0, 1).inverseSurvivalProbability((1 - Inference.CONFIDENCE) / 2);

  /** So that an interval that was to be just so wide is not too wide for its last bits. */
  private static final double ROUNDING = 1 + 1e-9;

  private final double[] logs;
  private final int firstStage;
  private final Component variance;
  private final Estimate estimate;

  /**
   * Holds measurements.
   *
   * @param logs the logarithms of all measurements
   * @param firstStage the number of those of the first stage, or more if there is one stage
   * @param variance of one measurement's logarithm, by the first stage
   * @param method that estimated the variance
   */
  Staged(double[] logs, int firstStage, Component variance, Estimate.Method method) {
    this.logs = logs.clone();
    this.firstStage = firstStage;
    this.variance = variance;
    estimate = Student.of(Student.mean(logs), variance.times(1.0 / logs.length), method);
  }

  /** The mean, with the variance of the first stage. */
  public Estimate estimate() {
    return estimate;
  }

  /** Whether the second stage has a measurement. */
  boolean hasSecondStage() {
    return logs.length > firstStage;
  }

  /**
   * The number of measurements in both stages after which the mean is expected to be known.
   *
   * @param within half the width of the interval, relative to the mean: 0.03 for 3%
   * @param most that are allowed
   */
  public int wanted(double within, int most) {
    Optional<Interval> interval = estimate.interval(Inference.CONFIDENCE);
    if (interval.isEmpty()) {
      return most;
    }
    // Halves of intervals are as the square roots of the numbers of measurements.
    double half = Math.log1p(interval.get().relativeHalfWidth()) * Math.sqrt(logs.length);
    // Only the first stage is asked, so that a run that is resumed in the second asks the same.
    int first = Math.min(firstStage, logs.length);
    for (int count = first; count < most; count++) {
      double degrees = variance.degreesOfFreedom() + count - first;
      if (half / Math.sqrt(count) <= Math.log1p(within) * ROUNDING
          && isBorneOut(new Component(variance.variance(), degrees), count, within)) {
        return count;
      }
    }
    return most;
  }

  /**
   * Whether a value is known within a share of it.
   *
   * @param quoted the estimate of these measurements that is quoted, whose interval must be as
   *     narrow
   */
  public boolean isKnown(Estimate quoted, double within) {
    return quoted
            .interval(Inference.CONFIDENCE)
            .filter(
                interval ->
                    Math.log1p(interval.relativeHalfWidth()) <= Math.log1p(within) * ROUNDING)
            .isPresent()
        && isBorneOut(ofAll(), logs.length, within);
  }

  private static boolean isBorneOut(Component variance, int count, double within) {
    double degrees = variance.degreesOfFreedom();
    double bound =
        variance.variance()
            * degrees
            / ChiSquaredDistribution.of(degrees).inverseCumulativeProbability(1 - BOUND);
    return degrees >= LEAST_DEGREES && Z * Math.sqrt(bound / count) <= Math.log1p(within);
  }

  /**
   * The variance by both stages. Each measurement of the second adds a degree of freedom: its
   * squared deviation from the mean of those before it.
   */
  private Component ofAll() {
    double degrees = variance.degreesOfFreedom();
    double squares = variance.variance() * degrees;
    double sum = 0;
    for (int i = 0; i < logs.length; i++) {
      if (i >= firstStage) {
        double deviation = logs[i] - sum / i;
        squares += deviation * deviation * i / (i + 1);
        degrees++;
      }
      sum += logs[i];
    }
    return new Component(squares / degrees, degrees);
  }
}
