package dev.lockstep.agreement;

import dev.lockstep.backend.OperandRounding;
import dev.lockstep.model.Activation;

/**
 * How far one element of a product, and what is made of it, may be from the value without rounding
 * when the operands are exact: {@link StepBound} for single elements, without errors that come in.
 *
 * <p>A sum of k terms errs by at most r sum |a||b| with r = gamma(k), or r = t + gamma(k) (1 + t)
 * where each term first errs by t from rounding its operands, and by what underflow adds.
 */
final class ElementBound {
  private static final double U = 0x1p-24;
  private static final double UNDERFLOW = 0x1p-150;
  static final int ELEMENTARY_ULPS = 2;

  private ElementBound() {}

  /**
   * Of a sum of products.
   *
   * @param terms k
   * @param magnitude sum |a||b|
   * @param largestA max |a|
   * @param largestB max |b|
   */
  static double ofProduct(
      OperandRounding rounding, int terms, double magnitude, double largestA, double largestB) {
    double ofTerm = rounding.ofProduct();
    double relative = ofTerm + rounding.ofSum(terms) * (1 + ofTerm);
    double subnormal = rounding.ofSubnormal();
    return relative * magnitude
        + terms * (UNDERFLOW + subnormal * (largestA + largestB + subnormal));
  }

  /**
   * Of a = f(product + b).
   *
   * @param z product + b
   * @param error of the product
   */
  static double ofActivation(Activation activation, double z, double a, double error) {
    return ofFunction(activation, a, error + U * (Math.abs(z) + error) + UNDERFLOW);
  }

  /**
   * Of a = f(z).
   *
   * @param ofSum the error of z
   */
  static double ofFunction(Activation activation, double a, double ofSum) {
    return switch (activation) {
      case IDENTITY, RELU -> ofSum;
      case LEAKY_RELU -> ofSum + U * (Math.abs(a) + ofSum) + UNDERFLOW;
      case TANH -> Math.min(ofSum, 2) + ELEMENTARY_ULPS * 2 * U * Math.abs(a) + UNDERFLOW;
      case SIGMOID -> Math.min(ofSum / 4, 1) + ELEMENTARY_ULPS * 2 * (U * a + UNDERFLOW);
    };
  }

  /**
   * Of f'(product, a) from an exact a.
   *
   * @param upstream the product
   * @param error of the product
   */
  static double ofDerivative(Activation activation, double upstream, double a, double error) {
    double slope = Math.abs(ExactActivation.slope(activation, a));
    return switch (activation) {
      case IDENTITY -> error;
      case RELU -> a <= 0 ? 0 : error;
      case LEAKY_RELU -> a > 0 ? error : ofSlope(upstream, error, slope, 0);
      case TANH -> ofSlope(upstream, error, slope, U * slope);
      // 1 - a and a (1 - a) are rounded, or dA a is before the other factor.
      case SIGMOID -> ofSlope(upstream, error, slope, 2 * U * slope + UNDERFLOW);
    };
  }

  /** Of a product with a slope that errs too, rounded. */
  static double ofSlope(double upstream, double error, double slope, double slopeError) {
    double both = error * (slope + slopeError) + Math.abs(upstream) * slopeError;
    return both + U * (Math.abs(upstream) * slope + both) + UNDERFLOW;
  }

  /**
   * Of a sum of exact terms in any order.
   *
   * @param terms how many
   * @param magnitude sum of their magnitudes
   */
  static double ofSum(int terms, double magnitude) {
    return OperandRounding.NONE.ofSum(terms) * magnitude + terms * UNDERFLOW;
  }

  /**
   * Of w - rate g from exact operands, fused or not.
   *
   * @param moved rate g
   * @param updated w - rate g
   */
  static double ofUpdate(double moved, double updated) {
    double ofProduct = U * Math.abs(moved) + UNDERFLOW;
    return ofProduct + U * (Math.abs(updated) + ofProduct) + UNDERFLOW;
  }
}
