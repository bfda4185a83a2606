package dev.lockstep.bench.statistics;

import java.util.Optional;
import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.Variance;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * An estimate by Student's t on logarithms.
 *
 * @param log the logarithm of the estimate
 * @param standardError the standard error of {@code log}, positive
 * @param degreesOfFreedom the degrees of freedom of the standard error
 */
record Student(double log, double standardError, double degreesOfFreedom, Method method)
    implements Estimate {

  /** Estimates the geometric mean of the values with these logarithms. */
  static Estimate ofMean(double[] logs, Method method) {
    return of(mean(logs), squaredError(logs), logs.length - 1, method);
  }

  /**
   * Estimates the ratio of two geometric means with unequal variances, by Welch's test. The degrees
   * of freedom follow F. E. Satterthwaite, An Approximate Distribution of Estimates of Variance
   * Components, Biometrics Bulletin 2 (1946).
   */
  static Estimate ofRatio(double[] subject, double[] baseline) {
    double log = mean(subject) - mean(baseline);
    double a = squaredError(subject);
    double b = squaredError(baseline);
    double sum = a + b;
    double degrees = sum * sum / (a * a / (subject.length - 1) + b * b / (baseline.length - 1));
    return of(log, sum, degrees, Method.STUDENT);
  }

  private static Estimate of(double log, double squared, double degrees, Method method) {
    // NaN for one fork, 0 for equal forks.
    return squared > 0
        ? new Student(log, Math.sqrt(squared), degrees, method)
        : new Unbounded(Math.exp(log));
  }

  static double mean(double[] logs) {
    return Mean.of(logs).getAsDouble();
  }

  /** The square of the mean's standard error; NaN for one value. */
  static double squaredError(double[] logs) {
    return logs.length == 1 ? Double.NaN : Variance.of(logs).getAsDouble() / logs.length;
  }

  @Override
  public double value() {
    return Math.exp(log);
  }

  @Override
  public Optional<Interval> interval(double confidence) {
    double quantile =
        TDistribution.of(degreesOfFreedom).inverseSurvivalProbability((1 - confidence) / 2);
    return Optional.of(
        Interval.ofLogs(log - quantile * standardError, log + quantile * standardError));
  }

  @Override
  public double pValue(double hypothesis) {
    double t = Math.abs(log - Math.log(hypothesis)) / standardError;
    return 2 * TDistribution.of(degreesOfFreedom).survivalProbability(t);
  }
}
