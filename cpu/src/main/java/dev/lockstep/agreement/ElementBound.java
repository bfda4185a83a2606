package dev.lockstep.agreement;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Subnormals;
import dev.lockstep.model.Activation;

/**
 * How far one element of a product, and what is made of it, may be from the value without rounding
 * when the operands are exact: {@link StepBound} for single elements, without errors that come in.
 *
 * <p>A sum of k terms errs by at most r sum |a||b| with r = gamma(k), or r = t + gamma(k) (1 + t)
 * where each term first errs by t from rounding its operands, and by what underflow adds.
 *
 * @param rounding of the operands of products
 * @param subnormals what becomes of them
 */
record ElementBound(OperandRounding rounding, Subnormals subnormals) {
  private static final double U = 0x1p-24;

  /**
   * Of tanh, of the logistic function, of exp and of log, relative: 4 to 8 ulp. OpenCL allows tanh
   * 5 ulp, exp and log 3. Measured against binary64: up to 6.2 u (TensorFlow's logistic function at
   * -2), 5.6 u (its tanh, Eigen's, at 5.9), 4.8 u (XLA's tanh), 2 u (PyTorch's).
   */
  static final double ELEMENTARY = 8 * U;

  /** The steepest slope of GELU, at about 1.4185, and of that slope, at 0; both rounded up. */
  private static final double GELU_STEEPEST = 1.13;

  private static final double GELU_CURVATURE = 0.8;
  private static final int GELU_ROUNDINGS = 8;

  /** Of z/2 (1 - h^2) c (1 + 3 k z^2): seven of the last factor, and two products. */
  private static final int GELU_SLOPE_ROUNDINGS = 9;

  /** Of a backend. */
  static ElementBound of(Backend backend) {
    return new ElementBound(backend.operandRounding(), backend.subnormals());
  }

  /** What underflow adds to the error of an operation. */
  private double underflow() {
    return subnormals.ofResult();
  }

  /**
   * Of a sum of products.
   *
   * @param terms k
   * @param magnitude sum |a||b|
   * @param largestA max |a|
   * @param largestB max |b|
   */
  double ofProduct(int terms, double magnitude, double largestA, double largestB) {
    return relativeOfProduct(terms) * magnitude + ofUnderflow(terms, largestA, largestB);
  }

  /** r, of a sum of k products. */
  double relativeOfProduct(int terms) {
    double ofTerm = rounding.ofProduct();
    return ofTerm + rounding.ofSum(terms) * (1 + ofTerm);
  }

  /**
   * What underflow adds to a sum of k products: in each term and each sum, and where an operand is
   * too small for an error relative to it, by up to s, k s (max |A| + max |B|) and s^2.
   */
  double ofUnderflow(int terms, double largestA, double largestB) {
    double subnormal = Math.max(rounding.ofSubnormal(), subnormals.ofOperand());
    return terms * (2 * underflow() + subnormal * (largestA + largestB + subnormal));
  }

  /**
   * What a bias adds to the error of a product of k terms: a library may begin the sum with it, or
   * add it anywhere, so that it is rounded with the terms.
   *
   * @param terms k
   */
  double ofBias(int terms, double bias) {
    return rounding.ofSum(terms) * Math.abs(bias) + subnormals.ofOperand();
  }

  /**
   * Of a = f(product + b).
   *
   * @param z product + b
   * @param error of the product
   */
  double ofActivation(Activation activation, double z, double a, double error) {
    return ofFunction(activation, z, a, ofSum(z, error));
  }

  /**
   * Of z = product + b.
   *
   * @param error of the product
   */
  double ofSum(double z, double error) {
    return error + U * (Math.abs(z) + error) + underflow();
  }

  /**
   * Of a = f(z).
   *
   * @param z without error
   * @param a f(z)
   * @param ofSum the error of z
   */
  double ofFunction(Activation activation, double z, double a, double ofSum) {
    return switch (activation) {
      case IDENTITY, RELU -> ofSum;
      case LEAKY_RELU -> ofSum + U * (Math.abs(a) + ofSum) + underflow();
      case TANH -> Math.min(ofSum, 2) + ELEMENTARY * Math.abs(a) + underflow();
      case SIGMOID -> Math.min(ofSum / 4, 1) + ELEMENTARY * a + 4 * underflow();
      // 1 + h and its product with z/2 are rounded.
      case GELU ->
          GELU_STEEPEST * ofSum
              + Math.abs(z) / 2 * ofGeluTanh(z)
              + 2 * U * (Math.abs(a) + Math.abs(z) / 2 * ofGeluTanh(z))
              + 4 * underflow();
    };
  }

  /**
   * Of h = tanh(c (z + 0.044715 z^3)) from an exact z: what it is the tanh of errs by at most
   * {@value #GELU_ROUNDINGS} u, of rounded constants, products and sums that all have one sign,
   * whatever their order; and x (1 - tanh^2 x) is below 0.4478.
   */
  private static double ofGeluTanh(double z) {
    double h = ExactActivation.geluTanh(z);
    return GELU_ROUNDINGS * U * 0.4478 * 1.001 + ELEMENTARY * Math.abs(h);
  }

  /**
   * Of the slope of GELU at a z that errs: (1 + h)/2 + z/2 (1 - h^2) c (1 + 3 * 0.044715 z^2).
   *
   * @param ofSum the error of z
   */
  private double ofGeluSlope(double z, double ofSum) {
    double h = ExactActivation.geluTanh(z);
    double ofTanh = ofGeluTanh(z);
    double bell = 1 - h * h;
    // 1 - h^2, in one piece or as a product and a difference.
    double ofBell = ofTanh * (2 * Math.abs(h) + ofTanh) + 2 * U;
    double inner = Math.abs(z) / 2 * ExactActivation.geluArgumentSlope(z);
    double product = inner * (bell + ofBell);
    double half = (1 + h + ofTanh) / 2;
    return GELU_CURVATURE * ofSum
        + ofTanh / 2
        + inner * ofBell
        + GELU_SLOPE_ROUNDINGS * U * product
        + 2 * U * half
        + U * (product + half)
        + 4 * underflow();
  }

  /**
   * Of f'(product, kept).
   *
   * @param upstream the product
   * @param ofKept the error of an input that is kept; outputs are exact
   * @param error of the product
   */
  double ofDerivative(
      Activation activation, double upstream, double kept, double ofKept, double error) {
    double slope = Math.abs(ExactActivation.slope(activation, kept));
    return switch (activation) {
      case IDENTITY -> error;
      case RELU -> kept <= 0 ? 0 : error;
      case LEAKY_RELU -> kept > 0 ? error : ofSlope(upstream, error, slope, 0);
      case TANH -> ofSlope(upstream, error, slope, U * slope);
      // 1 - a and a (1 - a) are rounded, or dA a is before the other factor.
      case SIGMOID -> ofSlope(upstream, error, slope, 2 * U * slope + underflow());
      // A part of the product may underflow before the other factors come, which are below 10.
      case GELU ->
          ofSlope(upstream, error, slope, ofGeluSlope(kept, ofKept)) + 4 * 10 * underflow();
    };
  }

  /** Of a product with a slope that errs too, rounded; with two, of which the first is below 1. */
  double ofSlope(double upstream, double error, double slope, double slopeError) {
    double both = error * (slope + slopeError) + Math.abs(upstream) * slopeError;
    return both + U * (Math.abs(upstream) * slope + both) + 2 * underflow();
  }

  /**
   * Of a sum of exact terms in any order.
   *
   * @param terms how many
   * @param magnitude sum of their magnitudes
   */
  double ofSum(int terms, double magnitude) {
    return OperandRounding.NONE.ofSum(terms) * magnitude + terms * underflow();
  }
}
