package dev.lockstep.bench.statistics;

import java.util.stream.Stream;

/**
 * A part of the variance of an estimate.
 *
 * @param variance as estimated; NaN if unknown
 * @param degreesOfFreedom of this estimate
 */
record Component(double variance, double degreesOfFreedom) {

  Component times(double factor) {
    return new Component(variance * factor, degreesOfFreedom);
  }

  /**
   * The sum of independent parts. Its degrees of freedom follow F. E. Satterthwaite, An Approximate
   * Distribution of Estimates of Variance Components, Biometrics Bulletin 2 (1946).
   */
  static Component sum(Component... parts) {
    double sum = Stream.of(parts).mapToDouble(Component::variance).sum();
    double squares =
        Stream.of(parts)
            .mapToDouble(part -> part.variance * part.variance / part.degreesOfFreedom)
            .sum();
    return new Component(sum, sum * sum / squares);
  }

  /**
   * The sum of two parts that were drawn towards the same prior. It errs for both at once, so that
   * the standard errors of the estimates are added, not their squares.
   */
  static Component sumOfAlike(Component a, Component b) {
    double sum = a.variance + b.variance;
    double error =
        a.variance / Math.sqrt(a.degreesOfFreedom) + b.variance / Math.sqrt(b.degreesOfFreedom);
    return new Component(sum, sum * sum / (error * error));
  }
}
