package dev.lockstep.bench.statistics;

import java.util.Optional;
import java.util.OptionalLong;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * How many measurements a second stage takes, and whether they bear out the first. See {@link
 * RunInference}.
 */
public final class SecondStage {

  /** So that an interval that was to be just so wide is not too wide for its last bits. */
  static final double ROUNDING = 1e-9;

  private SecondStage() {}

  /**
   * The number of measurements that the first stage asks for. The width of the interval of a mean
   * is that of the first stage times the square root of the shares of their numbers.
   *
   * @param first the interval of the first stage
   * @param measured the number of its measurements
   * @param within half the width that is wanted, relative: 0.03 for 3%
   * @return empty without an interval
   */
  public static OptionalLong wanted(Optional<Interval> first, int measured, double within) {
    if (first.isEmpty()) {
      return OptionalLong.empty();
    }
    double share = Math.log1p(first.get().relativeHalfWidth()) / Math.log1p(within);
    return OptionalLong.of((long) Math.ceil(measured * share * share * (1 - ROUNDING)));
  }

  /**
   * Whether the interval of all measurements is as narrow as wanted. Each further measurement adds
   * a degree of freedom: the square of its deviation from the mean of those before it.
   *
   * @param logs logarithms of all measurements
   * @param firstStage the number of those of the first stage
   * @param variance of a measurement's logarithm, by the first stage
   */
  static boolean isBorneOut(double[] logs, int firstStage, Component variance, double within) {
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
    double quantile =
        TDistribution.of(degrees).inverseSurvivalProbability((1 - Inference.CONFIDENCE) / 2);
    return quantile * Math.sqrt(squares / degrees / logs.length)
        <= Math.log1p(within) * (1 + ROUNDING);
  }
}
