package dev.lockstep.cpu;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * The functions of {@link Elementary} on vectors of {@link Lanes#SPECIES}. Every lane takes the
 * same operations in the same order as the scalar form and so gives the same bits; the steps are
 * explained there. The logarithm has no vector form, because a loss needs only one per row.
 *
 * <p>HotSpot must inline a function of vectors into the loop that calls it. Otherwise it allocates
 * every vector that crosses a call on the heap, and the loop takes two to three times as long. It
 * does not inline above a fixed number of compiler nodes, nor methods above 325 bytes of bytecode.
 * Hence tanh is a loop of its own, and constants are vectors already: broadcasting a constant takes
 * as many nodes as computing with it.
 */
final class VectorElementary {

  private static final FloatVector ZERO = all(0f);
  private static final FloatVector HALF = all(0.5f);
  private static final FloatVector ONE = all(1f);
  private static final FloatVector TWO = all(2f);
  private static final FloatVector MINUS_TWO = all(-2f);
  private static final FloatVector NAN = all(Float.NaN);

  private static final FloatVector ROUNDING = all(ElementaryConstants.ROUNDING);
  private static final FloatVector LOG2_E = all(ElementaryConstants.LOG2_E);
  private static final FloatVector MINUS_LN2_HIGH = all(-ElementaryConstants.LN2_HIGH);
  private static final FloatVector MINUS_LN2_LOW = all(-ElementaryConstants.LN2_LOW);

  private static final FloatVector EXP_HIGHEST = all(ElementaryConstants.EXP_HIGHEST);
  private static final FloatVector EXP_LOWEST = all(ElementaryConstants.EXP_LOWEST);
  private static final FloatVector E2 = all(ElementaryConstants.E2);
  private static final FloatVector E3 = all(ElementaryConstants.E3);
  private static final FloatVector E4 = all(ElementaryConstants.E4);
  private static final FloatVector E5 = all(ElementaryConstants.E5);
  private static final FloatVector E6 = all(ElementaryConstants.E6);

  private static final FloatVector TANH_SMALL = all(ElementaryConstants.TANH_SMALL);
  private static final FloatVector TANH_SATURATED = all(ElementaryConstants.TANH_SATURATED);
  private static final FloatVector T3 = all(ElementaryConstants.T3);
  private static final FloatVector T5 = all(ElementaryConstants.T5);
  private static final FloatVector T7 = all(ElementaryConstants.T7);
  private static final FloatVector T9 = all(ElementaryConstants.T9);
  private static final FloatVector T11 = all(ElementaryConstants.T11);

  private static final FloatVector GELU_LINEAR = all(ElementaryConstants.GELU_LINEAR);
  private static final FloatVector GELU_CUBIC = all(ElementaryConstants.GELU_CUBIC);
  private static final FloatVector GELU_SLOPE = all(ElementaryConstants.GELU_SLOPE);
  private static final FloatVector GELU_SQUARE = all(ElementaryConstants.GELU_SQUARE);

  private static final IntVector ROUNDING_BITS = ROUNDING.reinterpretAsInts();
  private static final IntVector EXPONENT_BIAS = ROUNDING_BITS.broadcast(Elementary.EXPONENT_BIAS);
  private static final IntVector SIGN = ROUNDING_BITS.broadcast(Elementary.SIGN);
  private static final IntVector MAGNITUDE = SIGN.not();

  /** The number of elements of one pass of {@link #gelu}. */
  static final int PASS = 512;

  /** Biases that change nothing. Adding +0 would turn -0 into +0. */
  private static final float[] MINUS_ZEROS = minusZeros();

  private VectorElementary() {}

  private static float[] minusZeros() {
    float[] zeros = new float[PASS];
    Arrays.fill(zeros, -0f);
    return zeros;
  }

  /** {@link Elementary#exp} in every lane. */
  static FloatVector exp(FloatVector x) {
    FloatVector clamped = x.blend(EXP_HIGHEST, x.compare(GT, EXP_HIGHEST));
    clamped = clamped.blend(EXP_LOWEST, clamped.compare(LT, EXP_LOWEST));
    FloatVector shifted = clamped.fma(LOG2_E, ROUNDING);
    IntVector n = shifted.reinterpretAsInts().sub(ROUNDING_BITS);
    FloatVector r = reduce(clamped, shifted);
    FloatVector significand = slope(r).fma(r, ONE);
    IntVector half = n.lanewise(ASHR, 1);
    FloatVector result = significand.mul(powerOfTwo(half)).mul(powerOfTwo(n.sub(half)));
    return result.blend(NAN, x.compare(NE, x));
  }

  /**
   * Computes {@code z[at + i] = tanh(z[at + i] + bias[biasAt + i])}, rounded after the addition,
   * for i from 0 to {@code length - 1} with {@link Elementary#tanh}.
   *
   * <p>It is one loop, which HotSpot compiles as a whole. As a function of a vector it nearly
   * reached the limit for inlining, and HotSpot inlined it or not by chance; a layer then took up
   * to five times as long.
   */
  static void tanh(float[] z, int at, float[] bias, int biasAt, int length) {
    int i = 0;
    for (; i <= length - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector x =
          FloatVector.fromArray(Lanes.SPECIES, z, at + i)
              .add(FloatVector.fromArray(Lanes.SPECIES, bias, biasAt + i));
      IntVector bits = x.reinterpretAsInts();
      FloatVector a = bits.and(MAGNITUDE).reinterpretAsFloats();

      FloatVector square = a.mul(a);
      FloatVector small = T11.fma(square, T9);
      small = small.fma(square, T7);
      small = small.fma(square, T5);
      small = small.fma(square, T3);
      small = small.fma(square.mul(a), a);

      FloatVector clamped = a.blend(TANH_SATURATED, a.compare(GT, TANH_SATURATED));
      FloatVector twice = clamped.add(clamped);
      FloatVector shifted = twice.fma(LOG2_E, ROUNDING);
      FloatVector r = reduce(twice, shifted);
      FloatVector scale = powerOfTwo(shifted.reinterpretAsInts().sub(ROUNDING_BITS));
      FloatVector scaled = scale.mul(r);
      FloatVector slope = slope(r);
      FloatVector base = scale.add(ONE);
      FloatVector d = slope.fma(scaled, base);
      FloatVector lost = slope.fma(scaled, base.sub(d));
      FloatVector q = MINUS_TWO.div(d);
      FloatVector rest = q.fma(lost, q.fma(d, TWO));
      FloatVector high = q.add(ONE);
      FloatVector low = ONE.sub(high).add(q);
      FloatVector large = high.add(q.mul(HALF).fma(rest, low));

      FloatVector magnitude = large.blend(small, a.compare(LT, TANH_SMALL));
      FloatVector result = magnitude.reinterpretAsInts().or(bits.and(SIGN)).reinterpretAsFloats();
      result.blend(NAN, x.compare(NE, x)).intoArray(z, at + i);
    }
    for (; i < length; i++) {
      z[at + i] = Elementary.tanh(z[at + i] + bias[biasAt + i]);
    }
  }

  /** Computes sigmoids of sums with {@link Elementary#sigmoid}, as {@link #tanh} does. */
  static void sigmoid(float[] z, int at, float[] bias, int biasAt, int length) {
    int i = 0;
    for (; i <= length - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector x =
          FloatVector.fromArray(Lanes.SPECIES, z, at + i)
              .add(FloatVector.fromArray(Lanes.SPECIES, bias, biasAt + i));
      FloatVector e = exp(x.reinterpretAsInts().or(SIGN).reinterpretAsFloats());
      FloatVector d = ONE.add(e);
      FloatVector lost = e.sub(d.sub(ONE));
      FloatVector r = ONE.div(d);
      FloatVector minusR = r.neg();
      FloatVector rest = minusR.fma(lost, minusR.fma(d, ONE));
      FloatVector dividend = ONE.blend(e, x.compare(LT, ZERO));
      FloatVector result = dividend.fma(r, dividend.mul(r.mul(rest)));
      result.blend(NAN, x.compare(NE, x)).intoArray(z, at + i);
    }
    for (; i < length; i++) {
      z[at + i] = Elementary.sigmoid(z[at + i] + bias[biasAt + i]);
    }
  }

  /**
   * Computes {@code a[at + i]} = {@link Elementary#gelu} of {@code z[at + i]} for i from 0 to
   * {@code length - 1}. Each pass takes a part of the row that stays in the cache, so that {@link
   * #tanh} can be used as it is.
   */
  static void gelu(float[] z, int at, int length, float[] a) {
    for (int from = at; from < at + length; from += PASS) {
      int count = Math.min(PASS, at + length - from);
      geluTanh(z, from, count, a, from);
      geluOfTanh(z, from, count, a);
    }
  }

  /** Computes h = tanh(z (c + k z^2)) for at most {@link #PASS} elements. */
  private static void geluTanh(float[] z, int at, int length, float[] h, int hAt) {
    int i = 0;
    for (; i <= length - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector x = FloatVector.fromArray(Lanes.SPECIES, z, at + i);
      x.mul(GELU_CUBIC.fma(geluSquare(x), GELU_LINEAR)).intoArray(h, hAt + i);
    }
    for (; i < length; i++) {
      h[hAt + i] = Elementary.geluArgument(z[at + i]);
    }
    tanh(h, hAt, MINUS_ZEROS, 0, length);
  }

  /** Computes a = z/2 (1 + a). */
  private static void geluOfTanh(float[] z, int at, int length, float[] a) {
    int i = 0;
    for (; i <= length - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector half = FloatVector.fromArray(Lanes.SPECIES, z, at + i).mul(HALF);
      half.mul(FloatVector.fromArray(Lanes.SPECIES, a, at + i).add(ONE)).intoArray(a, at + i);
    }
    for (; i < length; i++) {
      a[at + i] = (0.5f * z[at + i]) * (1f + a[at + i]);
    }
  }

  /**
   * Multiplies {@code upstream[i]} by {@link Elementary#geluSlope} of {@code z[i]}, in place.
   *
   * @param h scratch memory of {@link #PASS} elements
   */
  static void geluDerivative(float[] upstream, float[] z, int from, int to, float[] h) {
    for (int i = from; i < to; i += PASS) {
      int count = Math.min(PASS, to - i);
      geluTanh(z, i, count, h, 0);
      geluSlopes(upstream, z, i, h, count);
    }
  }

  /** Computes upstream = upstream * fma(z/2 (1 - h^2), c + 3 k z^2, (1 + h)/2). */
  private static void geluSlopes(float[] upstream, float[] z, int at, float[] h, int length) {
    int i = 0;
    for (; i <= length - Lanes.COUNT; i += Lanes.COUNT) {
      FloatVector x = FloatVector.fromArray(Lanes.SPECIES, z, at + i);
      FloatVector t = FloatVector.fromArray(Lanes.SPECIES, h, i);
      FloatVector inner = GELU_SLOPE.fma(geluSquare(x), GELU_LINEAR);
      FloatVector bell = x.mul(HALF).mul(t.neg().fma(t, ONE));
      FloatVector slope = bell.fma(inner, t.add(ONE).mul(HALF));
      FloatVector.fromArray(Lanes.SPECIES, upstream, at + i).mul(slope).intoArray(upstream, at + i);
    }
    for (; i < length; i++) {
      upstream[at + i] = upstream[at + i] * Elementary.geluSlope(z[at + i], h[i]);
    }
  }

  private static FloatVector geluSquare(FloatVector x) {
    FloatVector square = x.mul(x);
    return square.blend(GELU_SQUARE, square.compare(GT, GELU_SQUARE));
  }

  private static FloatVector reduce(FloatVector x, FloatVector shifted) {
    FloatVector n = shifted.sub(ROUNDING);
    return n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, x));
  }

  private static FloatVector slope(FloatVector r) {
    FloatVector p = E6.fma(r, E5);
    p = p.fma(r, E4);
    p = p.fma(r, E3);
    p = p.fma(r, E2);
    return p.fma(r, ONE);
  }

  private static FloatVector powerOfTwo(IntVector n) {
    return n.add(EXPONENT_BIAS).lanewise(LSHL, Elementary.FRACTION_BITS).reinterpretAsFloats();
  }

  private static FloatVector all(float value) {
    return FloatVector.broadcast(Lanes.SPECIES, value);
  }
}
