package dev.lockstep.agreement;

import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Subnormals;

/**
 * A number that an operation in binary32 computes, as far as it can be known: what exact arithmetic
 * makes of exact operands, and how far the computed one may be from that. Every operation adds its
 * own rounding, u = 2^-24 of its result, to what its operands bring, and what underflow may cost.
 *
 * @param value without any rounding
 * @param error at most
 * @param subnormals what becomes of them
 */
record Rounded(double value, double error, Subnormals subnormals) {
  /** A number that both know. */
  static Rounded exact(double value, Subnormals subnormals) {
    return operand(value, 0, subnormals);
  }

  /** A number that lies in memory. An operation may read zero where it is subnormal. */
  static Rounded operand(double value, double error, Subnormals subnormals) {
    boolean flushed = Math.abs(value) - error < subnormals.ofOperand();
    double most = Math.min(Math.abs(value) + error, subnormals.ofOperand());
    return new Rounded(value, flushed ? error + most : error, subnormals);
  }

  /** a b + c, rounded once or twice: wide enough for both. */
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

  /** Of a number that is not negative, and is not computed as one. */
  Rounded root() {
    double root = Math.sqrt(value);
    double above = Math.sqrt(value + error) - root;
    double below = root - Math.sqrt(Math.max(0, value - error));
    return rounded(root, Math.max(above, below));
  }

  /**
   * By a number above zero.
   *
   * @param floor below which the divisor is not computed; if it is zero, nothing may be known
   */
  Rounded over(Rounded divisor, double floor) {
    double least = Math.max(floor, divisor.value - divisor.error);
    double quotient = value / divisor.value;
    double carried = (error + Math.abs(quotient) * divisor.error) / least;
    return rounded(quotient, Math.min(carried, Double.MAX_VALUE));
  }

  private Rounded rounded(double value, double carried) {
    return new Rounded(
        value,
        carried + OperandRounding.U * (Math.abs(value) + carried) + subnormals.ofResult(),
        subnormals);
  }
}
