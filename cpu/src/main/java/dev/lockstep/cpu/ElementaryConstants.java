package dev.lockstep.cpu;

/**
 * The constants of {@link Elementary}, which all exact backends share. The scalar and the SIMD form
 * read them here. A test holds the header for device code to these fields by reflection.
 *
 * <p>All fields are {@code float} and written in hexadecimal, so that the source shows the exact
 * values. The coefficients are minimax fits over binary32 numbers, not rounded afterwards
 * (fpminimax of Sollya; Brisebarre and Chevillard, "Efficient polynomial L-infinity
 * approximations", ARITH 2007).
 */
final class ElementaryConstants {

  /** 1.5 * 2^23. Adding it rounds to an integer, which the low bits of the sum then hold. */
  static final float ROUNDING = 0x1.8p23f;

  /** log2(e). */
  static final float LOG2_E = 0x1.715476p0f;

  /** ln(2) rounded to binary32. LN2_LOW is the rest. */
  static final float LN2_HIGH = 0x1.62e43p-1f;

  static final float LN2_LOW = -0x1.05c61p-29f;

  /** Arguments of exp are clamped here; above ln(2^128) = 88.72 it is infinite anyway. */
  static final float EXP_HIGHEST = 0x1.64p6f;

  /** Arguments of exp are clamped here; below ln(2^-150) = -103.97 it is zero anyway. */
  static final float EXP_LOWEST = -0x1.ap6f;

  /** exp(r) = 1 + r + r^2 (E2 + E3 r + ...) for |r| up to 0.3475, relative error 3.4e-9. */
  static final float E2 = 0x1.fffffap-2f;

  static final float E3 = 0x1.55549p-3f;
  static final float E4 = 0x1.555a22p-5f;
  static final float E5 = 0x1.123b04p-7f;
  static final float E6 = 0x1.695414p-10f;

  /** Below this magnitude tanh is an odd polynomial; from it on tanh uses exp. */
  static final float TANH_SMALL = 0x1.2p-1f;

  /** Arguments of tanh are clamped here; from 9.011 on it rounds to one anyway. */
  static final float TANH_SATURATED = 0x1.4p3f;

  /** tanh(x) = x + x^3 (T3 + T5 x^2 + ...) for |x| up to TANH_SMALL, relative error 1.4e-9. */
  static final float T3 = -0x1.555548p-2f;

  static final float T5 = 0x1.110c64p-3f;
  static final float T7 = -0x1.b9075ap-5f;
  static final float T9 = 0x1.58226p-6f;
  static final float T11 = -0x1.94bf44p-8f;

  /** sqrt(2 / pi), in GELU's tanh form. */
  static final float GELU_LINEAR = 0x1.988454p-1f;

  /** 0.044715 sqrt(2 / pi), and three times that. */
  static final float GELU_CUBIC = 0x1.2444f2p-5f;

  static final float GELU_SLOPE = 0x1.b6676cp-4f;

  /** Squares of GELU's arguments are clamped here, at 20^2; from about 5.2^2 on h is the same. */
  static final float GELU_SQUARE = 0x1.9p8f;

  /** The smallest normal number, and the power of two that makes every subnormal one normal. */
  static final float SMALLEST_NORMAL = 0x1p-126f;

  static final float NORMALIZING = 0x1p23f;

  /** log2(NORMALIZING). */
  static final float NORMALIZING_EXPONENT = 0x1.7p4f;

  /** 2/3. log takes the significand in [2/3, 4/3). */
  static final float LOG_SIGNIFICAND = 0x1.555556p-1f;

  /**
   * log(1 + f) = f + f^2 (-1/2 + L3 f + L4 f^2 + ...) for |f| up to 0.3334, relative error 4.7e-9.
   */
  static final float MINUS_HALF = -0x1p-1f;

  static final float L3 = 0x1.555506p-2f;
  static final float L4 = -0x1.fffefp-3f;
  static final float L5 = 0x1.99d064p-3f;
  static final float L6 = -0x1.559de8p-3f;
  static final float L7 = 0x1.1ed37ep-3f;
  static final float L8 = -0x1.f30d5ep-4f;
  static final float L9 = 0x1.1e77d6p-3f;
  static final float L10 = -0x1.080f4ep-3f;

  private ElementaryConstants() {}
}
