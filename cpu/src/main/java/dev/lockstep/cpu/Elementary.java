package dev.lockstep.cpu;

import static dev.lockstep.cpu.ElementaryConstants.*;

/**
 * exp, log, tanh, the logistic sigmoid and GELU of canonical arithmetic, in binary32.
 *
 * <p>The functions use only +, -, *, /, fma, comparison, select and integer operations on the bits.
 * Every argument takes the same operations in the same order, so any implementation of them, such
 * as device code or SIMD ({@link VectorElementary}), computes the same bits. A conditional
 * expression in this class is a select between two values, both of which are computed. NaN gives
 * the NaN 0x7fc00000.
 *
 * <p>Errors are in units in the last place of the exact result (2^-149 if it is subnormal). They
 * are the largest over all 2^32 arguments, measured by {@code ElementaryExhaustiveTest}.
 */
final class Elementary {

  private static final int ROUNDING_BITS = Float.floatToRawIntBits(ROUNDING);
  private static final int LOG_SIGNIFICAND_BITS = Float.floatToRawIntBits(LOG_SIGNIFICAND);

  // The layout of binary32.
  static final int FRACTION_BITS = 23;
  static final int EXPONENT_BIAS = 127;
  static final int SIGN_AND_EXPONENT = 0xff800000;
  static final int SIGN = 0x80000000;

  private Elementary() {}

  /**
   * e^x for every x: +infinity above ln of the largest finite number, +0 below ln(2^-150).
   * Subnormal results are rounded once.
   *
   * <p>Error at most 0.8914 ulp, at -0x1.765026p2.
   *
   * <p>Order: x is clamped; n is the integer nearest to x log2(e); r = x - n ln(2), with ln(2) in
   * two parts (W. J. Cody and W. Waite, "Software Manual for the Elementary Functions", 1980,
   * chapter 6); Horner's rule from the highest coefficient; two multiplications by powers of two.
   * The first fma of r is exact, because its result is below 1/2 and a multiple of 2^-25. Of the
   * multiplications only the last can round.
   */
  static float exp(float x) {
    float clamped = x > EXP_HIGHEST ? EXP_HIGHEST : x;
    clamped = clamped < EXP_LOWEST ? EXP_LOWEST : clamped;
    float shifted = Math.fma(clamped, LOG2_E, ROUNDING);
    int n = Float.floatToRawIntBits(shifted) - ROUNDING_BITS;
    float r = reduce(clamped, shifted);
    float significand = Math.fma(slope(r), r, 1f);
    int half = n >> 1;
    float result = significand * powerOfTwo(half) * powerOfTwo(n - half);
    return Float.isNaN(x) ? Float.NaN : result;
  }

  /**
   * The natural logarithm of every x: -infinity for both zeros, NaN below zero, +infinity for
   * +infinity, +0 for 1.
   *
   * <p>Error at most 0.9339 ulp, at 0x1.4574e2p-1.
   *
   * <p>Order: a subnormal x is multiplied by 2^23; x = 2^k m with m in [2/3, 4/3), by integer
   * operations; f = m - 1, which is exact; Horner's rule from the highest coefficient down to f +
   * f^2 w; k ln(2) is added, its low part first (Cody and Waite, chapter 5). The interval of m
   * gives k = 0 around x = 1, so nothing cancels there.
   */
  static float log(float x) {
    float normal = x < SMALLEST_NORMAL ? x * NORMALIZING : x;
    int bits = Float.floatToRawIntBits(normal);
    int exponent = (bits - LOG_SIGNIFICAND_BITS) & SIGN_AND_EXPONENT;
    float m = Float.intBitsToFloat(bits - exponent);
    float k = Float.intBitsToFloat((exponent >> FRACTION_BITS) + ROUNDING_BITS) - ROUNDING;
    k = x < SMALLEST_NORMAL ? k - NORMALIZING_EXPONENT : k;

    float result = logOfOnePlus(m - 1f);
    result = Math.fma(k, LN2_LOW, result);
    result = Math.fma(k, LN2_HIGH, result);

    result = x == Float.POSITIVE_INFINITY ? Float.POSITIVE_INFINITY : result;
    result = x == 0f ? Float.NEGATIVE_INFINITY : result;
    result = x < 0f ? Float.NaN : result;
    return Float.isNaN(x) ? Float.NaN : result;
  }

  /**
   * The hyperbolic tangent of every x. It is odd to the last bit and never above one in magnitude.
   * Tiny x and both zeros give x itself.
   *
   * <p>Error at most 0.7402 ulp, at 0x1.180744p-1.
   *
   * <p>Order: all operations take the magnitude a, and the sign is restored at the end. Below
   * {@link ElementaryConstants#TANH_SMALL} the result is an odd polynomial, else 1 + q with q = -2
   * / d and d = e^(2a) + 1, reduced as in {@link #exp}. The form (e^(2a) - 1) / (e^(2a) + 1) is not
   * used: both parts are rounded, and the numerator cancels for small a.
   */
  static float tanh(float x) {
    int bits = Float.floatToRawIntBits(x);
    float a = Float.intBitsToFloat(bits & ~SIGN);
    float small = smallTanh(a);
    float large = largeTanh(a);
    float magnitude = a < TANH_SMALL ? small : large;
    float result = Float.intBitsToFloat(Float.floatToRawIntBits(magnitude) | (bits & SIGN));
    return Float.isNaN(x) ? Float.NaN : result;
  }

  /**
   * The logistic function 1 / (1 + e^-x) of every x: +0 below ln(2^-150), 1 above ln(2^25).
   *
   * <p>Error at most 1.4798 ulp, at -0x1.362c52p2.
   *
   * <p>Order: e = {@link #exp exp}(-|x|), which never overflows; then e / (1 + e) below zero and 1
   * / (1 + e) elsewhere, as a product with the reciprocal r of 1 + e. The rounding error of the sum
   * d = 1 + e (lost) and the remainder of the division (rest = 1 - r (d + lost)) correct the
   * reciprocal to first order. Without these corrections the error is 2.1 ulp.
   */
  static float sigmoid(float x) {
    float e = exp(Float.intBitsToFloat(Float.floatToRawIntBits(x) | SIGN));
    float d = 1f + e;
    float lost = e - (d - 1f);
    float r = 1f / d;
    float rest = Math.fma(-r, lost, Math.fma(-r, d, 1f));
    float dividend = x < 0f ? e : 1f;
    float result = Math.fma(dividend, r, dividend * (r * rest));
    return Float.isNaN(x) ? Float.NaN : result;
  }

  /**
   * GELU in its tanh form, z/2 (1 + h) with h = {@link #tanh tanh}(z (c + k z^2)), c = sqrt(2/pi)
   * and k = 0.044715 c. It is -0 from about -5.2 down and NaN for -infinity.
   *
   * <p>Relative to |z| the error is at most half the error of h plus 2^-23 for the sum and the
   * product. If the result is far smaller than z, 1 + h has cancelled, and fewer of its bits are
   * correct.
   *
   * <p>Order: the square is rounded and clamped, so that it is finite for every finite z; k z^2 + c
   * is an fma; then z times that; z/2 times the rounded sum 1 + h.
   */
  static float gelu(float z) {
    return (0.5f * z) * (1f + tanh(geluArgument(z)));
  }

  /**
   * The derivative of {@link #gelu}, (1 + h)/2 + z/2 (1 - h^2) (c + 3 k z^2). It is 1 from about
   * 5.2 up and 0 from about -5.2 down.
   *
   * <p>Order: 1 - h^2 and 3 k z^2 + c are each an fma; z/2 times the first; that times the second,
   * plus the half of 1 + h, is an fma.
   */
  static float geluSlope(float z) {
    return geluSlope(z, tanh(geluArgument(z)));
  }

  /** The derivative at z for a known h. */
  static float geluSlope(float z, float h) {
    float inner = Math.fma(GELU_SLOPE, geluSquare(z), GELU_LINEAR);
    return Math.fma((0.5f * z) * Math.fma(-h, h, 1f), inner, 0.5f * (1f + h));
  }

  /** The argument of the tanh that gives h. */
  static float geluArgument(float z) {
    return z * Math.fma(GELU_CUBIC, geluSquare(z), GELU_LINEAR);
  }

  private static float geluSquare(float z) {
    float square = z * z;
    return square > GELU_SQUARE ? GELU_SQUARE : square;
  }

  /** log(1 + f) for f in [-1/3, 1/3). */
  private static float logOfOnePlus(float f) {
    float w = Math.fma(L10, f, L9);
    w = Math.fma(w, f, L8);
    w = Math.fma(w, f, L7);
    w = Math.fma(w, f, L6);
    w = Math.fma(w, f, L5);
    w = Math.fma(w, f, L4);
    w = Math.fma(w, f, L3);
    w = Math.fma(w, f, MINUS_HALF);
    return Math.fma(w, f * f, f);
  }

  /** tanh(a) for a in [0, TANH_SMALL). The last fma adds a, so a tiny a is returned unchanged. */
  private static float smallTanh(float a) {
    float square = a * a;
    float p = Math.fma(T11, square, T9);
    p = Math.fma(p, square, T7);
    p = Math.fma(p, square, T5);
    p = Math.fma(p, square, T3);
    return Math.fma(p, square * a, a);
  }

  /**
   * tanh(a) for a >= TANH_SMALL. The rounding error of the divisor d (lost) and the remainder of
   * the division (rest = 2 + q (d + lost)) correct the quotient to first order. The rounding error
   * of the sum high = 1 + q (low; T. J. Dekker, "A floating-point technique for extending the
   * available precision", Numerische Mathematik 18, 1971) is added last. Without these corrections
   * the error is 1.3 ulp.
   */
  private static float largeTanh(float a) {
    float clamped = a > TANH_SATURATED ? TANH_SATURATED : a;
    float twice = clamped + clamped;
    float shifted = Math.fma(twice, LOG2_E, ROUNDING);
    float r = reduce(twice, shifted);
    float scale = powerOfTwo(Float.floatToRawIntBits(shifted) - ROUNDING_BITS);
    float scaled = scale * r;
    float slope = slope(r);
    float base = scale + 1f;
    float d = Math.fma(slope, scaled, base);
    float lost = Math.fma(slope, scaled, base - d);
    float q = -2f / d;
    float rest = Math.fma(q, lost, Math.fma(q, d, 2f));
    float high = q + 1f;
    float low = (1f - high) + q;
    return high + Math.fma(q * 0.5f, rest, low);
  }

  /** {@code x - n ln(2)}, where {@code shifted} is ROUNDING + n. */
  private static float reduce(float x, float shifted) {
    float n = shifted - ROUNDING;
    return Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, x));
  }

  /** {@code (e^r - 1) / r} for {@code |r| <= ln(2) / 2}. */
  private static float slope(float r) {
    float p = Math.fma(E6, r, E5);
    p = Math.fma(p, r, E4);
    p = Math.fma(p, r, E3);
    p = Math.fma(p, r, E2);
    return Math.fma(p, r, 1f);
  }

  private static float powerOfTwo(int n) {
    return Float.intBitsToFloat((n + EXPONENT_BIAS) << FRACTION_BITS);
  }
}
