package dev.lockstep.agreement;

import static dev.lockstep.backend.OperandRounding.U;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Subnormals;
import dev.lockstep.model.Activation;

/**
 * How far one element that an operation computes may be from the one without rounding, given how
 * far its operands may be: the formulas that {@link ErrorPropagation} applies to whole tensors.
 *
 * <p>A sum of k terms errs by at most r sum |a||b| with r = gamma(k), or r = t + gamma(k) (1 + t)
 * where each term first errs by t from rounding its operands, and by what underflow adds.
 *
 * @param rounding of the operands of products
 * @param subnormals what becomes of them
 */
record ElementBound(OperandRounding rounding, Subnormals subnormals) {
  /** Covers the error of values that are computed in binary64: 2^-29 of a bound. */
  static final double SLACK = 1.001;

  /**
   * Of tanh, of the logistic function, of exp and of log, relative: 4 to 8 ulp. OpenCL allows tanh
   * 5 ulp, exp and log 3. Measured against binary64: up to 6.2 u (TensorFlow's logistic function at
   * -2), 5.6 u (its tanh, Eigen's, at 5.9), 4.8 u (XLA's tanh), 2 u (PyTorch's).
   */
  static final double ELEMENTARY = 8 * U;

  /** The steepest slope of GELU's slope, at 0, rounded up. */
  private static final double GELU_CURVATURE = 0.8;

  private static final int GELU_ROUNDINGS = 8;

  /** From here on h is one, and 1 - h^2 is zero. */
  private static final double GELU_SATURATED = 10;

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
   * Of a sum of two numbers, such as z = product + b.
   *
   * @param error of both
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
    double carried = Math.min(activation.steepest() * ofSum, activation.span());
    return carried
        + switch (activation) {
          case IDENTITY, RELU -> 0;
          case LEAKY_RELU -> U * (Math.abs(a) + carried) + underflow();
          case TANH -> ELEMENTARY * Math.abs(a) + underflow();
          case SIGMOID -> ELEMENTARY * a + 4 * underflow();
          // 1 + h and its product with z/2 are rounded.
          case GELU -> {
            double ofTanh = Math.abs(z) / 2 * ofGeluTanh(z);
            yield ofTanh + 2 * U * (Math.abs(a) + ofTanh) + 4 * underflow();
          }
        };
  }

  /**
   * Of h = tanh(c (z + 0.044715 z^3)) from an exact z: what it is the tanh of errs by at most
   * {@value #GELU_ROUNDINGS} u, of rounded constants, products and sums that all have one sign,
   * whatever their order; and x (1 - tanh^2 x) is below 0.4478.
   */
  private static double ofGeluTanh(double z) {
    double h = Activation.geluTanh(z);
    return GELU_ROUNDINGS * U * 0.4478 * SLACK + ELEMENTARY * Math.abs(h);
  }

  /**
   * Of the slope of GELU at a z that errs: (1 + h)/2 + z/2 (1 - h^2) c (1 + 3 * 0.044715 z^2).
   *
   * @param ofSum the error of z
   */
  private double ofGeluSlope(double z, double ofSum) {
    double h = Activation.geluTanh(z);
    double ofTanh = ofGeluTanh(z);
    double bell = 1 - h * h;
    // 1 - h^2, in one piece or as a product and a difference.
    double ofBell = ofTanh * (2 * Math.abs(h) + ofTanh) + 2 * U;
    double inner =
        Math.abs(z)
            / 2
            * Activation.geluArgumentSlope(Math.clamp(z, -GELU_SATURATED, GELU_SATURATED));
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
   * Of f'(upstream, x).
   *
   * @param error of the upstream gradient
   * @param x what the slope follows from: f(z), or z, as {@link Activation#derivative} has it; of a
   *     ReLU, either
   * @param ofX the error of that
   */
  double ofDerivative(Activation activation, double upstream, double error, double x, double ofX) {
    // A sign that rounding may change decides whether anything passes at all.
    boolean mayTurn = ofX > 0 && Math.abs(x) <= ofX;
    double slope = Math.abs(activation.derivative(1, x));
    return switch (activation) {
      case IDENTITY -> error;
      case RELU -> mayTurn ? Math.abs(upstream) + error : x <= 0 ? 0 : error;
      case LEAKY_RELU -> ofSlope(upstream, error, slope, mayTurn ? activation.jump() : 0);
      case TANH -> {
        double carried = ofX * (2 * Math.abs(x) + ofX);
        yield ofSlope(upstream, error, slope, carried + U * (slope + carried));
      }
      // 1 - a and a (1 - a) are rounded, or dA a is before the other factor.
      case SIGMOID -> {
        double carried = ofX * (Math.abs(1 - 2 * x) + ofX);
        yield ofSlope(upstream, error, slope, carried + 2 * U * (slope + carried) + underflow());
      }
      // A part of the product may underflow before the other factors come, which are below 10.
      case GELU -> ofSlope(upstream, error, slope, ofGeluSlope(x, ofX)) + 4 * 10 * underflow();
    };
  }

  /** Of a product with a slope that errs too, rounded; with two, of which the first is below 1. */
  private double ofSlope(double upstream, double error, double slope, double slopeError) {
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
