package dev.lockstep.cpu;

import java.util.Locale;

/** The largest error seen so far, and its argument: results of disjoint arguments are merged. */
record Worst(double ulps, float argument) {

  static final Worst NONE = new Worst(0, Float.NaN);

  /**
   * Measures one result. NaN is right only for NaN, and then exact; an infinite result counts as
   * 2^128, where the next finite number would be, and so does a reference beyond it.
   */
  static Worst of(float argument, float result, double reference) {
    if (Float.isNaN(result) || Double.isNaN(reference)) {
      boolean bothNaN = Float.isNaN(result) && Double.isNaN(reference);
      return bothNaN ? NONE : new Worst(Double.POSITIVE_INFINITY, argument);
    }
    double expected = Math.clamp(reference, -0x1p128, 0x1p128);
    double error = Math.abs(Math.clamp((double) result, -0x1p128, 0x1p128) - expected);
    return new Worst(error / ulp(expected), argument);
  }

  Worst or(Worst other) {
    return other.ulps > ulps ? other : this;
  }

  /** One unit in the last place of binary32 in the binade of the value. */
  private static double ulp(double value) {
    int exponent = Math.clamp(Math.getExponent(value), Float.MIN_EXPONENT, Float.MAX_EXPONENT);
    return Math.scalb(1.0, exponent - (Float.PRECISION - 1));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%.5g ulp at %s (%s)", ulps, Float.toHexString(argument), bits(argument));
  }

  /** All bits of a float, which no decimal number gives for NaN and -0. */
  static String bits(float value) {
    return String.format(Locale.ROOT, "0x%08x", Float.floatToRawIntBits(value));
  }
}
