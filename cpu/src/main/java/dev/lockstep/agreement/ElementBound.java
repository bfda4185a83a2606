package dev.lockstep.agreement;

import static dev.lockstep.backend.OperandRounding.U;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Subnormals;
import dev.lockstep.model.Activation;

/**
 * Bounds the error of one computed element against the result without rounding, given the errors of
 * its operands. {@link ErrorPropagation} applies these formulas to whole tensors. All errors are
 * absolute unless stated otherwise; u = 2^-24.
 *
 * <p>The error of a sum of k products is at most r sum |a||b|, plus the contribution of underflow.
 * Here r = gamma(k) or, if rounded operands give each term a relative error t, r = t + gamma(k) (1
 * + t).
 *
 * @param rounding how operands of products are rounded
 * @param subnormals how subnormal numbers are treated
 */
public record ElementBound(OperandRounding rounding, Subnormals subnormals) {
  /** Covers the error of computing values and bounds in binary64, 2^-29 of a bound. */
  static final double SLACK = 1.001;

  /**
   * The relative error of tanh, the logistic function, exp and log: 4 to 8 ulp. OpenCL allows 5 ulp
   * for tanh and 3 for exp and log. The largest errors measured against binary64 are 6.2 u
   * (TensorFlow's logistic function at -2), 5.6 u (TensorFlow's tanh, from Eigen, at 5.9), 4.8 u
   * (XLA's tanh) and 2 u (PyTorch).
   */
  static final double ELEMENTARY = 8 * U;

  /** The largest magnitude of GELU's second derivative, at 0, rounded up. */
  private static final double GELU_CURVATURE = 0.8;

  private static final int GELU_ROUNDINGS = 8;

  /** From this |z| on, |h| is 1 and 1 - h^2 is 0. */
  private static final double GELU_SATURATED = 10;

  /** Roundings of z/2 (1 - h^2) c (1 + 3 k z^2): seven of the last factor and two of products. */
  private static final int GELU_SLOPE_ROUNDINGS = 9;

  /** Returns the bounds for a backend's rounding and subnormals. */
  public static ElementBound of(Backend backend) {
    return new ElementBound(backend.operandRounding(), backend.subnormals());
  }

  /** Returns the error that underflow adds to one operation. */
  private double underflow() {
    return subnormals.ofResult();
  }

  /** Returns r for a sum of {@code terms} products. */
  double relativeOfProduct(int terms) {
    double ofTerm = rounding.ofProduct();
    return ofTerm + rounding.ofSum(terms) * (1 + ofTerm);
  }

  /**
   * Returns the error of a sum of k products of exact operands.
   *
   * @param magnitude the sum of |a||b|
   * @param underflow see {@link #ofUnderflow}
   */
  double ofProduct(int terms, double magnitude, double underflow) {
    return relativeOfProduct(terms) * magnitude + underflow;
  }

  /**
   * Returns the error that underflow adds to a sum of k products. Every term and every addition may
   * underflow. An operand too small for a relative error has an absolute error of up to s, which
   * adds s (max |A| + max |B| + s) per term.
   */
  double ofUnderflow(int terms, double largestA, double largestB) {
    double subnormal = Math.max(rounding.ofSubnormal(), subnormals.ofOperand());
    return terms * (2 * underflow() + subnormal * (largestA + largestB + subnormal));
  }

  /**
   * Returns the error that a bias adds to a product of k terms. A library may start the sum with
   * the bias or add it anywhere, so that it is rounded with the terms.
   *
   * @param terms k
   */
  double ofBias(int terms, double bias) {
    return rounding.ofSum(terms) * Math.abs(bias) + subnormals.ofOperand();
  }

  /**
   * Returns the error of a sum of two numbers, such as z = product + b.
   *
   * @param z the sum without rounding
   * @param error the sum of the errors of both
   */
  double ofSum(double z, double error) {
    return error + U * (Math.abs(z) + error) + underflow();
  }

  /**
   * Returns the error of a = f(z).
   *
   * @param z the input without error
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
   * Returns the error of h = tanh(c (z + 0.044715 z^3)) for an exact z. The relative error of the
   * tanh's argument is at most {@value #GELU_ROUNDINGS} u: its constants, products and sums are
   * rounded, and all terms have one sign, so their order does not matter. The factor |x (1 - tanh^2
   * x)| is below 0.4478.
   */
  private static double ofGeluTanh(double z) {
    double h = Activation.geluTanh(z);
    return GELU_ROUNDINGS * U * 0.4478 * SLACK + ELEMENTARY * Math.abs(h);
  }

  /**
   * Returns the error of GELU's derivative, (1 + h)/2 + z/2 (1 - h^2) c (1 + 3 * 0.044715 z^2), at
   * a z with an error.
   *
   * @param ofSum the error of z
   */
  private double ofGeluSlope(double z, double ofSum) {
    double h = Activation.geluTanh(z);
    double ofTanh = ofGeluTanh(z);
    double bell = 1 - h * h;
    // 1 - h^2, as one fma or as a product and a difference.
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
   * Returns the error of upstream * f'(z).
   *
   * @param upstream the upstream gradient without error
   * @param error the error of the upstream gradient
   * @param x the number that the slope is computed from: f(z) or z, as in {@link
   *     Activation#derivative}; either for a ReLU
   * @param ofX the error of x
   */
  double ofDerivative(Activation activation, double upstream, double error, double x, double ofX) {
    // If rounding may change the sign of x, the slope may be the one on the other side of 0.
    boolean mayTurn = ofX > 0 && Math.abs(x) <= ofX;
    double slope = Math.abs(activation.derivative(1, x));
    return switch (activation) {
      case IDENTITY -> error;
      case RELU -> mayTurn ? Math.abs(upstream) + error : x <= 0 ? 0 : error;
      case LEAKY_RELU -> ofSlope(upstream, error, slope, mayTurn ? activation.jump() : 0);
      // 1 - a^2, as one fma or as a product and a difference.
      case TANH -> {
        double reach = Math.abs(x) + ofX;
        double carried = ofX * (2 * Math.abs(x) + ofX) + U * reach * reach;
        yield ofSlope(upstream, error, slope, carried + U * (slope + carried));
      }
      // Either 1 - a and a (1 - a) are rounded, or dA a is rounded before the other factor.
      case SIGMOID -> {
        double carried = ofX * (Math.abs(1 - 2 * x) + ofX);
        yield ofSlope(upstream, error, slope, carried + 2 * U * (slope + carried) + underflow());
      }
      // A partial product may underflow before it is multiplied by the other factors, below 10.
      case GELU -> ofSlope(upstream, error, slope, ofGeluSlope(x, ofX)) + 4 * 10 * underflow();
    };
  }

  /**
   * Returns the error of upstream * slope, where both have errors, rounded as one product or as two
   * of which the first is below 1.
   */
  private double ofSlope(double upstream, double error, double slope, double slopeError) {
    double both = error * (slope + slopeError) + Math.abs(upstream) * slopeError;
    return both + U * (Math.abs(upstream) * slope + both) + 2 * underflow();
  }

  /**
   * Returns the error of a sum of exact terms in any order.
   *
   * @param terms the number of terms
   * @param magnitude the sum of their magnitudes
   */
  double ofSum(int terms, double magnitude) {
    return OperandRounding.NONE.ofSum(terms) * magnitude + terms * underflow();
  }
}
