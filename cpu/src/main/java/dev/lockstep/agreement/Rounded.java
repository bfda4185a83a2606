package dev.lockstep.agreement;

import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Subnormals;

/**
 * A number computed in binary32, as its value without rounding and a bound on its error. Every
 * operation adds its own rounding error, half a unit in the last place of its result, and the
 * possible error of underflow to the errors of its operands.
 *
 * @param value the value without rounding
 * @param error the largest absolute error of the computed number
 * @param subnormals how subnormal numbers are treated
 */
record Rounded(double value, double error, Subnormals subnormals) {
  /** Returns a number without error. */
  static Rounded exact(double value, Subnormals subnormals) {
    return operand(value, 0, subnormals);
  }

  /** Returns a number as it is read from memory. If it is subnormal, an operation may read zero. */
  static Rounded operand(double value, double error, Subnormals subnormals) {
    boolean flushed = Math.abs(value) - error < subnormals.ofOperand();
    double most = Math.min(Math.abs(value) + error, subnormals.ofOperand());
    return new Rounded(value, flushed ? error + most : error, subnormals);
  }

  /** Returns a b + c; the bound holds whether it is rounded once or twice. */
  static Rounded fma(Rounded a, Rounded b, Rounded c) {
    return a.times(b).plus(c);
  }

  Rounded times(Rounded other) {
    return rounded(
        value * other.value,
        Math.abs(value) * other.error + error * (Math.abs(other.value) + other.error));
  }

  Rounded plus(Rounded other) {
    return rounded(value + other.value, error + other.error);
  }

  Rounded minus(Rounded other) {
    return rounded(value - other.value, error + other.error);
  }

  /** Returns the square root of a number whose exact and computed values are not negative. */
  Rounded root() {
    double root = Math.sqrt(value);
    double above = Math.sqrt(value + error) - root;
    double below = root - Math.sqrt(Math.max(0, value - error));
    return rounded(root, Math.max(above, below));
  }

  /**
   * Returns the quotient by a positive number.
   *
   * @param floor a lower bound of the computed divisor; with 0 the quotient's error may be
   *     unbounded
   */
  Rounded over(Rounded divisor, double floor) {
    double least = Math.max(floor, divisor.value - divisor.error);
    double quotient = value / divisor.value;
    double carried = (error + Math.abs(quotient) * divisor.error) / least;
    return rounded(quotient, Math.min(carried, Double.MAX_VALUE));
  }

  private Rounded rounded(double value, double carried) {
    return new Rounded(
        value, carried + halfUlp(Math.abs(value) + carried) + subnormals.ofResult(), subnormals);
  }

  /**
   * Returns half a unit in the last place of a binary32 number, which is at most u times it: the
   * largest error of rounding it.
   */
  static double halfUlp(double magnitude) {
    return Math.scalb(OperandRounding.U, Math.getExponent(magnitude));
  }
}
