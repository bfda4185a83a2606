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
    return of(mean(logs), variance(logs).times(1.0 / logs.length), method);
  }

  /**
   * Estimates a value.
   *
   * @param log its logarithm
   * @param squaredError the square of the logarithm's standard error
   */
  static Estimate of(double log, Component squaredError, Method method) {
    // NaN for one fork, 0 for equal forks.
    return squaredError.variance() > 0
        ? new Student(
            log, Math.sqrt(squaredError.variance()), squaredError.degreesOfFreedom(), method)
        : new Unbounded(Math.exp(log));
  }

  /** The sample variance; NaN for one value. */
  static Component variance(double[] logs) {
    return new Component(
        logs.length == 1 ? Double.NaN : Variance.of(logs).getAsDouble(), logs.length - 1.0);
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
