package dev.lockstep.agreement;

import dev.lockstep.backend.OperandRounding;
import java.util.Arrays;

/**
 * How far rounding moves a product of random operands: a model of its errors, and limits that sound
 * products exceed with a given probability at most.
 *
 * <p>Each rounding of a partial sum s adds an error that is uniform within u |s|, so of variance
 * u^2 s^2 / 3 or less, and independent of the others. Such an error is sub-Gaussian. How large the
 * partial sums become depends on the order of additions, which is unknown. A single chain has the
 * largest of the orders in use. The mean of its sum of squares over all orders of the k terms p is
 * (k + 1) (Q / 6 + S^2 / 3), with Q the sum of p^2 and S the sum of p. The sum of an ascending or
 * descending chain is taken instead where it is larger, because the terms of real products are not
 * in random order. Q + S^2 covers a rounding of each term and one more of the result.
 *
 * <p>In one order, the sum of squares scatters about that mean as the integral of a squared
 * Brownian bridge does, so the tail of an error is heavier than the normal distribution's. {@link
 * Deviations} bounds it.
 *
 * <p>As long as the partial sum stays within one binade, the error of an addition is a function of
 * its term alone. Equal terms then err alike: if the value v occurs n(v) times, the variance grows
 * by the factor sum n(v)^2 / k.
 *
 * <p>Rounded operands add an error that is uniform within e |x|. Truncation moves a result towards
 * zero: for operands by {@link OperandRounding#ofTruncation} each; for sums by half a unit of every
 * partial sum, whose mean, given S, is (k + 1) S / 2 in total.
 */
final class RoundingModel {
  /** The variance of the integral of a squared Brownian bridge, over its squared mean. */
  static final double SPREAD = 0.8;

  /** Below pi, where the expectation is infinite. */
  private static final double LARGEST = 3.1;

  private static final double SMALLEST = 1e-5;
  private static final double STEP = 0.97;

  private final int terms;
  private final OperandRounding rounding;
  private final double ofAddition;
  private final double ofOperand;
  private final double underflow;

  private RoundingModel(int terms, OperandRounding rounding, double underflow) {
    this.terms = terms;
    this.underflow = underflow;
    this.rounding = rounding;
    ofAddition = square(rounding.ofAddition()) / 3;
    ofOperand = square(rounding.ofOperand()) / 3;
  }

  /** Returns the model of a product. */
  static RoundingModel of(Factors factors, ElementBound element) {
    return new RoundingModel(
        factors.terms(),
        element.rounding(),
        element.ofUnderflow(
            factors.terms(), largest(factors.a().data()), largest(factors.b().data())));
  }

  private static double largest(double[] values) {
    return Arrays.stream(values).filter(Double::isFinite).map(Math::abs).max().orElse(0);
  }

  /** Returns the variance of one operand's relative error. */
  double ofOperand() {
    return ofOperand;
  }

  /**
   * Returns the variance that the additions give one element, or a sum of elements.
   *
   * @param value S^2
   * @param squares Q
   * @param repetition by how much equal terms increase the variance
   */
  double ofSums(double value, double squares, double repetition) {
    return ofAddition * repetition * (terms + 1) * (squares / 6 + value / 3);
  }

  /** Returns the variance that the additions of a chain give, from its squared partial sums. */
  double ofChain(double partial, double repetition) {
    return ofAddition * repetition * partial;
  }

  /** Returns the variance of rounding each term and the result, and of truncated sums. */
  double ofTerms(double value, double squares, double repetition) {
    double truncated =
        rounding.truncatesSums() ? 3. / 4 / 12 * terms * (double) terms * squares : 0;
    return ofAddition * repetition * (squares + value + truncated);
  }

  /**
   * Returns the variance that rounded operands give one element.
   *
   * @param repeatedA how often a value is repeated in the row of op(A), see {@link Repetition}
   * @param repeatedB the same for the column of op(B)
   */
  double ofOperands(double value, double squares, double repeatedA, double repeatedB) {
    if (ofOperand == 0) {
      return 0;
    }
    double equal = (repeatedA + repeatedB - 2) / Math.max(1, terms - 1);
    return ofOperand * (2 * squares + equal * Math.max(0, value - squares));
  }

  /** Returns the largest error that underflow adds to an element. */
  double underflow() {
    return underflow;
  }

  /** Returns how far truncation may move a result, relative to it. */
  double shift() {
    double ofSum = rounding.truncatesSums() ? rounding.ofAddition() / 2 * (terms + 1) / 2 : 0;
    return 2 * rounding.ofTruncation() + ofSum;
  }

  /**
   * How many standard deviations an error exceeds with a given probability at most.
   *
   * @param normal if it is sub-Gaussian: Chernoff's bound
   * @param ofSums if it comes from sums in an unknown order, added over independent elements: the
   *     least (L + n log(x / sin x) / 2) / t over t, with x = t / sqrt(n) below pi and L the
   *     logarithm of 2 / rate. Here sqrt(x / sin x) is E exp(x^2 I / 2) for the integral I of a
   *     squared Brownian bridge, whose mean is 1/6
   */
  record Deviations(double normal, double ofSums) {
    /**
     * Returns the deviations of a rate.
     *
     * @param elements n, the number of independent elements that contribute alike
     */
    static Deviations of(double rate, double elements) {
      double logarithm = Math.log(2 / rate);
      double n = Math.max(1, elements);
      double least = Double.POSITIVE_INFINITY;
      for (double x = LARGEST; x > SMALLEST; x *= STEP) {
        double bound = (logarithm + n / 2 * Math.log(x / Math.sin(x))) / (x * Math.sqrt(n));
        least = Math.min(least, bound);
      }
      double normal = Math.sqrt(2 * logarithm);
      return new Deviations(normal, Math.max(normal, Math.sqrt(6) * least));
    }

    /** Returns the limit of an error of two parts, given their variances. */
    double limit(double sums, double others) {
      return ofSums * Math.sqrt(sums) + normal * Math.sqrt(others);
    }
  }

  static double square(double x) {
    return x * x;
  }
}
