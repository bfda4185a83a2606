package dev.lockstep.agreement;

/**
 * A number that an operation in binary32 computes, as far as it can be known: what exact arithmetic
 * makes of exact operands, and how far the computed one may be from that. Every operation adds its
 * own rounding, u = 2^-24 of its result, to what its operands bring; underflow adds half the
 * smallest subnormal.
 *
 * @param value without any rounding
 * @param error at most
 */
record Rounded(double value, double error) {
  private static final double U = 0x1p-24;
  private static final double UNDERFLOW = 0x1p-150;

  /** A number that both know. */
  static Rounded exact(double value) {
    return new Rounded(value, 0);
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
   * @param floor above zero, and below which the divisor is not computed
   */
  Rounded over(Rounded divisor, double floor) {
    double least = Math.max(floor, divisor.value - divisor.error);
    double quotient = value / divisor.value;
    return rounded(quotient, (error + Math.abs(quotient) * divisor.error) / least);
  }

  private static Rounded rounded(double value, double carried) {
    return new Rounded(value, carried + U * (Math.abs(value) + carried) + UNDERFLOW);
  }
}
