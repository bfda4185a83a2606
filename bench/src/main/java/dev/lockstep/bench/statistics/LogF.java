package dev.lockstep.bench.statistics;

import org.apache.commons.numbers.gamma.Digamma;
import org.apache.commons.numbers.gamma.Trigamma;
import org.apache.commons.numbers.rootfinder.BrentSolver;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;
import org.apache.commons.statistics.distribution.ContinuousDistribution;
import org.apache.commons.statistics.distribution.FDistribution;

/**
 * The distribution of the logarithm of s^2 / s0^2, where the sample variance s^2 estimates a
 * variance that itself was drawn from a {@link VariancePrior} of scale s0^2. The quotient has an F
 * distribution.
 *
 * @param degreesOfFreedom of the sample variance
 * @param prior degrees of freedom of the prior, which may be infinite
 */
record LogF(double degreesOfFreedom, double prior) {

  /** Panels of Simpson's rule. The density is smooth, so that the error is below 1e-8. */
  private static final int PANELS = 128;

  /** Above it, a sum of an inverse and its square is the square. */
  private static final double LARGE = 1e14;

  /** The moments after Winsorizing, that is with both tails moved to their quantiles. */
  record Moments(double mean, double variance) {}

  /** The expected value: digamma(d/2) - log(d/2) - digamma(d0/2) + log(d0/2). */
  double mean() {
    return logBias(degreesOfFreedom) - logBias(prior);
  }

  /** The expected value of the logarithm of a mean of {@code degrees} squared unit normals. */
  private static double logBias(double degrees) {
    return Double.isInfinite(degrees) ? 0 : Digamma.value(degrees / 2) - Math.log(degrees / 2);
  }

  /** The part of the variance that comes from the sample: trigamma(d/2). */
  static double sampling(double degreesOfFreedom) {
    return Trigamma.value(degreesOfFreedom / 2);
  }

  /**
   * The standard error of a variance of n logarithms of sample variances: trigamma(d/2) times
   * sqrt((2 + k) / n), with the excess kurtosis k = psi'''(d/2) / trigamma(d/2)^2.
   *
   * @param degreesOfFreedom of each sample variance
   */
  static double samplingError(int degreesOfFreedom, int n) {
    double variance = sampling(degreesOfFreedom);
    // psi'''(1/2) = pi^4, psi'''(1) = pi^4 / 15, psi'''(x + 1) = psi'''(x) - 6 / x^4.
    double fourth = Math.pow(Math.PI, 4) / (degreesOfFreedom % 2 == 0 ? 15 : 1);
    for (double x = degreesOfFreedom % 2 == 0 ? 1 : 0.5; x < degreesOfFreedom / 2.0; x++) {
      fourth -= 6 / (x * x * x * x);
    }
    return Math.sqrt((2 * variance * variance + fourth) / n);
  }

  /** The degrees of freedom of a prior that adds {@code excess} to the variance, by trigamma. */
  static double priorOf(double excess) {
    if (excess <= 0) {
      return Double.POSITIVE_INFINITY;
    }
    if (excess > LARGE) {
      return 2 / Math.sqrt(excess); // trigamma(y) is 1/y^2
    }
    // 1/y + 1/(2 y^2) < trigamma(y) < 1/y + 1/y^2
    double lower = (1 + Math.sqrt(1 + 2 * excess)) / (2 * excess);
    double upper = (1 + Math.sqrt(1 + 4 * excess)) / (2 * excess);
    return 2
        * new BrentSolver(1e-12, 1e-12, 1e-15)
            .findRoot(y -> Math.log(Trigamma.value(y) / excess), lower, upper);
  }

  /** The logarithm of the probability of more than {@code log}. */
  double logSurvival(double log) {
    return Math.log(quotient().survivalProbability(toQuotient(Math.exp(log))));
  }

  /**
   * The moments after Winsorizing.
   *
   * @param lower the probability of the lower tail
   * @param upper the probability of the upper tail
   */
  Moments winsorized(double lower, double upper) {
    ContinuousDistribution quotient = quotient();
    double from = Math.log(fromQuotient(quotient.inverseCumulativeProbability(lower)));
    double to = Math.log(fromQuotient(quotient.inverseSurvivalProbability(upper)));
    double first = lower * from + upper * to;
    double second = lower * from * from + upper * to * to;
    double step = (to - from) / PANELS;
    for (int i = 0; i <= PANELS; i++) {
      double log = from + i * step;
      double at = toQuotient(Math.exp(log));
      double weight = i == 0 || i == PANELS ? 1 : i % 2 == 1 ? 4 : 2;
      double share = weight * step / 3 * at * quotient.density(at);
      first += share * log;
      second += share * log * log;
    }
    return new Moments(first, second - first * first);
  }

  /** F, or chi-squared for an infinite prior. */
  private ContinuousDistribution quotient() {
    return Double.isInfinite(prior)
        ? ChiSquaredDistribution.of(degreesOfFreedom)
        : FDistribution.of(degreesOfFreedom, prior);
  }

  private double toQuotient(double ratio) {
    return Double.isInfinite(prior) ? ratio * degreesOfFreedom : ratio;
  }

  private double fromQuotient(double value) {
    return Double.isInfinite(prior) ? value / degreesOfFreedom : value;
  }
}
