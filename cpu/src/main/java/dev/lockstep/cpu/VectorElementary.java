package dev.lockstep.cpu;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/**
 * {@link Elementary} on vectors of {@link Lanes#SPECIES}: the same operations in the same order in
 * every lane, so the same bits at every position. What the steps are for is said there.
 *
 * <p>HotSpot must inline a whole function of a vector into the loop that calls it, else every
 * vector that crosses a call is allocated on the heap, at two to three times the cost. It gives up
 * above a fixed count of compiler nodes, and on methods above 325 bytes of bytecode. This is why
 * tanh is a loop of its own, and why constants are vectors already: to broadcast one in place takes
 * as many nodes as to compute with it.
 */
final class VectorElementary {

  private static final FloatVector ZERO = all(0f);
  private static final FloatVector HALF = all(0.5f);
  private static final FloatVector ONE = all(1f);
  private static final FloatVector TWO = all(2f);
  private static final FloatVector MINUS_TWO = all(-2f);
  private static final FloatVector INFINITY = all(Float.POSITIVE_INFINITY);
  private static final FloatVector MINUS_INFINITY = all(Float.NEGATIVE_INFINITY);
  private static final FloatVector NAN = all(Float.NaN);

  private static final FloatVector ROUNDING = all(ElementaryConstants.ROUNDING);
  private static final FloatVector LOG2_E = all(ElementaryConstants.LOG2_E);
  private static final FloatVector LN2_HIGH = all(ElementaryConstants.LN2_HIGH);
  private static final FloatVector LN2_LOW = all(ElementaryConstants.LN2_LOW);
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

  private static final FloatVector SMALLEST_NORMAL = all(ElementaryConstants.SMALLEST_NORMAL);
  private static final FloatVector NORMALIZING = all(ElementaryConstants.NORMALIZING);
  private static final FloatVector NORMALIZING_EXPONENT =
      all(ElementaryConstants.NORMALIZING_EXPONENT);
  private static final FloatVector MINUS_HALF = all(ElementaryConstants.MINUS_HALF);
  private static final FloatVector L3 = all(ElementaryConstants.L3);
  private static final FloatVector L4 = all(ElementaryConstants.L4);
  private static final FloatVector L5 = all(ElementaryConstants.L5);
  private static final FloatVector L6 = all(ElementaryConstants.L6);
  private static final FloatVector L7 = all(ElementaryConstants.L7);
  private static final FloatVector L8 = all(ElementaryConstants.L8);
  private static final FloatVector L9 = all(ElementaryConstants.L9);
  private static final FloatVector L10 = all(ElementaryConstants.L10);

  private static final IntVector ROUNDING_BITS = ROUNDING.reinterpretAsInts();
  private static final IntVector LOG_SIGNIFICAND_BITS =
      all(ElementaryConstants.LOG_SIGNIFICAND).reinterpretAsInts();
  private static final IntVector EXPONENT_BIAS = ROUNDING_BITS.broadcast(Elementary.EXPONENT_BIAS);
  private static final IntVector SIGN_AND_EXPONENT =
      ROUNDING_BITS.broadcast(Elementary.SIGN_AND_EXPONENT);
  private static final IntVector SIGN = ROUNDING_BITS.broadcast(Elementary.SIGN);
  private static final IntVector MAGNITUDE = SIGN.not();

  /** Elements of one pass of {@link #gelu}. */
  static final int PASS = 512;

  /** What leaves every number as it is when it is added: +0 would make +0 of -0. */
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

  /** {@link Elementary#log} in every lane. */
  static FloatVector log(FloatVector x) {
    VectorMask<Float> subnormal = x.compare(LT, SMALLEST_NORMAL);
    IntVector bits = x.blend(x.mul(NORMALIZING), subnormal).reinterpretAsInts();
    IntVector exponent = bits.sub(LOG_SIGNIFICAND_BITS).and(SIGN_AND_EXPONENT);
    FloatVector m = bits.sub(exponent).reinterpretAsFloats();
    IntVector integer = exponent.lanewise(ASHR, Elementary.FRACTION_BITS);
    FloatVector k = integer.add(ROUNDING_BITS).reinterpretAsFloats().sub(ROUNDING);
    k = k.blend(k.sub(NORMALIZING_EXPONENT), subnormal);

    FloatVector result = logOfOnePlus(m.sub(ONE));
    result = k.fma(LN2_LOW, result);
    result = k.fma(LN2_HIGH, result);

    result = result.blend(INFINITY, x.compare(EQ, INFINITY));
    result = result.blend(MINUS_INFINITY, x.compare(EQ, ZERO));
    result = result.blend(NAN, x.compare(LT, ZERO));
    return result.blend(NAN, x.compare(NE, x));
  }

  /**
   * {@link Elementary#tanh} of sums: {@code z[at + i] = tanh(z[at + i] + bias[biasAt + i])} for i
   * from 0 to {@code length - 1}; rounded after the addition.
   *
   * <p>A loop, and in one piece, because HotSpot then compiles it by itself and as a whole. As a
   * function of a vector it fills a method nearly alone, so that whether it was inlined into the
   * product whose outputs it takes was a matter of luck: a layer took up to five times as long.
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

  /** {@link Elementary#sigmoid} of sums, as {@link #tanh}. */
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
   * {@code a[at + i]} = {@link Elementary#gelu} of {@code z[at + i]} for i from 0 to {@code length
   * - 1}. In passes of a row that stays in the cache, so that the tanh is the loop it has to be.
   */
  static void gelu(float[] z, int at, int length, float[] a) {
    for (int from = at; from < at + length; from += PASS) {
      int count = Math.min(PASS, at + length - from);
      geluTanh(z, from, count, a, from);
      geluOfTanh(z, from, count, a);
    }
  }

  /** h = tanh(z (c + k z^2)), of at most {@link #PASS} elements. */
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

  /** a = z/2 (1 + a). */
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
   * {@code upstream[i]} times {@link Elementary#geluSlope} of {@code z[i]}, in place.
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

  /** upstream = upstream (fma(z/2 (1 - h^2), c + 3 k z^2, (1 + h)/2)). */
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

  private static FloatVector logOfOnePlus(FloatVector f) {
    FloatVector w = L10.fma(f, L9);
    w = w.fma(f, L8);
    w = w.fma(f, L7);
    w = w.fma(f, L6);
    w = w.fma(f, L5);
    w = w.fma(f, L4);
    w = w.fma(f, L3);
    w = w.fma(f, MINUS_HALF);
    return w.fma(f.mul(f), f);
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
