package dev.lockstep.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Transposes blocks of L x L floats, where L is the number of lanes of a vector.
 *
 * <p>Transposing exchanges the row number and the lane number, which can be done bit by bit. The
 * step for bit d takes each pair of rows whose numbers differ in bit d, and exchanges the lanes
 * with bit d of the first row and the lanes without it of the second. The steps for two bits
 * involve four rows and are done together in registers. A block of 16 x 16 takes two such passes
 * and keeps the intermediate result in the target.
 */
final class Transposition {
  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

  private static final VectorShuffle<Float> SWAP_1 = swap(1);
  private static final VectorShuffle<Float> SWAP_2 = swap(2);
  private static final VectorShuffle<Float> SWAP_4 = swap(4);
  private static final VectorShuffle<Float> SWAP_8 = swap(8);
  private static final VectorMask<Float> WITH_1 = with(1);
  private static final VectorMask<Float> WITH_2 = with(2);
  private static final VectorMask<Float> WITH_4 = with(4);
  private static final VectorMask<Float> WITH_8 = with(8);
  private static final VectorShuffle<Float> SWAP_HALVES = swap(L / 2);
  private static final VectorMask<Float> UPPER_HALF = with(L / 2);

  /** Moves the lowest bit of the lane number above the others, for {@link #halfBlock}. */
  private static final VectorShuffle<Float> ROTATE =
      VectorShuffle.fromOp(S, lane -> (lane << 1 | lane / (L / 2)) & (L - 1));

  private Transposition() {}

  /** A vector of the lower halves of a and b, in this order. */
  static FloatVector lowerHalves(FloatVector a, FloatVector b) {
    return a.blend(b.rearrange(SWAP_HALVES), UPPER_HALF);
  }

  /** A vector of the upper halves of a and b, in this order. */
  static FloatVector upperHalves(FloatVector a, FloatVector b) {
    return a.rearrange(SWAP_HALVES).blend(b, UPPER_HALF);
  }

  /**
   * Transposes a block of L/2 x L: writes its element (i, j), {@code source[offset + i * stride +
   * j]}, to float {@code to + L/2 j + i} of the target. L must be 8 or 16.
   *
   * <p>A target vector holds two columns, so the lowest bit of j stays within a vector. The bits of
   * i and the other bits of j are exchanged.
   */
  static void halfBlock(float[] source, int offset, int stride, Packed target, int to) {
    if (L == 16) {
      block8x16(source, offset, stride, target, to);
    } else {
      block4x8(source, offset, stride, target, to);
    }
  }

  private static void block4x8(float[] source, int offset, int stride, Packed target, int to) {
    FloatVector r0 = FloatVector.fromArray(S, source, offset);
    FloatVector r1 = FloatVector.fromArray(S, source, offset + stride);
    FloatVector r2 = FloatVector.fromArray(S, source, offset + 2 * stride);
    FloatVector r3 = FloatVector.fromArray(S, source, offset + 3 * stride);
    // Bit 0 of i and bit 1 of j change places,
    FloatVector s0 = r0.blend(r1.rearrange(SWAP_2), WITH_2);
    FloatVector s1 = r0.rearrange(SWAP_2).blend(r1, WITH_2);
    FloatVector s2 = r2.blend(r3.rearrange(SWAP_2), WITH_2);
    FloatVector s3 = r2.rearrange(SWAP_2).blend(r3, WITH_2);
    // then bit 1 of i and bit 2 of j; last, bit 0 of j moves above the bits of i.
    target.put(s0.blend(s2.rearrange(SWAP_4), WITH_4).rearrange(ROTATE), to);
    target.put(s1.blend(s3.rearrange(SWAP_4), WITH_4).rearrange(ROTATE), to + 8);
    target.put(s0.rearrange(SWAP_4).blend(s2, WITH_4).rearrange(ROTATE), to + 16);
    target.put(s1.rearrange(SWAP_4).blend(s3, WITH_4).rearrange(ROTATE), to + 24);
  }

  private static void block8x16(float[] source, int offset, int stride, Packed target, int to) {
    FloatVector r0 = FloatVector.fromArray(S, source, offset);
    FloatVector r1 = FloatVector.fromArray(S, source, offset + stride);
    FloatVector r2 = FloatVector.fromArray(S, source, offset + 2 * stride);
    FloatVector r3 = FloatVector.fromArray(S, source, offset + 3 * stride);
    FloatVector r4 = FloatVector.fromArray(S, source, offset + 4 * stride);
    FloatVector r5 = FloatVector.fromArray(S, source, offset + 5 * stride);
    FloatVector r6 = FloatVector.fromArray(S, source, offset + 6 * stride);
    FloatVector r7 = FloatVector.fromArray(S, source, offset + 7 * stride);
    // Bit 0 of i and bit 1 of j change places,
    FloatVector s0 = r0.blend(r1.rearrange(SWAP_2), WITH_2);
    FloatVector s1 = r0.rearrange(SWAP_2).blend(r1, WITH_2);
    FloatVector s2 = r2.blend(r3.rearrange(SWAP_2), WITH_2);
    FloatVector s3 = r2.rearrange(SWAP_2).blend(r3, WITH_2);
    FloatVector s4 = r4.blend(r5.rearrange(SWAP_2), WITH_2);
    FloatVector s5 = r4.rearrange(SWAP_2).blend(r5, WITH_2);
    FloatVector s6 = r6.blend(r7.rearrange(SWAP_2), WITH_2);
    FloatVector s7 = r6.rearrange(SWAP_2).blend(r7, WITH_2);
    // then bit 1 of i and bit 2 of j,
    FloatVector t0 = s0.blend(s2.rearrange(SWAP_4), WITH_4);
    FloatVector t2 = s0.rearrange(SWAP_4).blend(s2, WITH_4);
    FloatVector t1 = s1.blend(s3.rearrange(SWAP_4), WITH_4);
    FloatVector t3 = s1.rearrange(SWAP_4).blend(s3, WITH_4);
    FloatVector t4 = s4.blend(s6.rearrange(SWAP_4), WITH_4);
    FloatVector t6 = s4.rearrange(SWAP_4).blend(s6, WITH_4);
    FloatVector t5 = s5.blend(s7.rearrange(SWAP_4), WITH_4);
    FloatVector t7 = s5.rearrange(SWAP_4).blend(s7, WITH_4);
    // then bit 2 of i and bit 3 of j; last, bit 0 of j moves above the bits of i.
    target.put(t0.blend(t4.rearrange(SWAP_8), WITH_8).rearrange(ROTATE), to);
    target.put(t1.blend(t5.rearrange(SWAP_8), WITH_8).rearrange(ROTATE), to + 16);
    target.put(t2.blend(t6.rearrange(SWAP_8), WITH_8).rearrange(ROTATE), to + 32);
    target.put(t3.blend(t7.rearrange(SWAP_8), WITH_8).rearrange(ROTATE), to + 48);
    target.put(t0.rearrange(SWAP_8).blend(t4, WITH_8).rearrange(ROTATE), to + 64);
    target.put(t1.rearrange(SWAP_8).blend(t5, WITH_8).rearrange(ROTATE), to + 80);
    target.put(t2.rearrange(SWAP_8).blend(t6, WITH_8).rearrange(ROTATE), to + 96);
    target.put(t3.rearrange(SWAP_8).blend(t7, WITH_8).rearrange(ROTATE), to + 112);
  }

  /**
   * Exchanges each lane with the lane whose number differs in bit d; no lanes if d is too large.
   */
  private static VectorShuffle<Float> swap(int d) {
    return VectorShuffle.fromOp(S, lane -> d < L ? lane ^ d : lane);
  }

  /** The lanes whose number has bit d. */
  private static VectorMask<Float> with(int d) {
    boolean[] lanes = new boolean[L];
    for (int lane = 0; lane < L; lane++) {
      lanes[lane] = (lane & d) != 0;
    }
    return VectorMask.fromArray(S, lanes, 0);
  }

  /**
   * Transposes a block of L x L: writes its element (i, j), {@code source[offset + i * stride +
   * j]}, to float {@code to + j * toStride + i} of the target.
   */
  static void block(float[] source, int offset, int stride, Packed target, int to, int toStride) {
    for (int row = 0; row < L; row += 4) {
      FloatVector r0 = FloatVector.fromArray(S, source, offset + row * stride);
      FloatVector r1 = FloatVector.fromArray(S, source, offset + (row + 1) * stride);
      FloatVector r2 = FloatVector.fromArray(S, source, offset + (row + 2) * stride);
      FloatVector r3 = FloatVector.fromArray(S, source, offset + (row + 3) * stride);
      FloatVector s0 = r0.blend(r1.rearrange(SWAP_1), WITH_1);
      FloatVector s1 = r0.rearrange(SWAP_1).blend(r1, WITH_1);
      FloatVector s2 = r2.blend(r3.rearrange(SWAP_1), WITH_1);
      FloatVector s3 = r2.rearrange(SWAP_1).blend(r3, WITH_1);
      int at = to + row * toStride;
      target.put(s0.blend(s2.rearrange(SWAP_2), WITH_2), at);
      target.put(s1.blend(s3.rearrange(SWAP_2), WITH_2), at + toStride);
      target.put(s0.rearrange(SWAP_2).blend(s2, WITH_2), at + 2 * toStride);
      target.put(s1.rearrange(SWAP_2).blend(s3, WITH_2), at + 3 * toStride);
    }
    for (int row = 0; row < 4; row++) {
      int at = to + row * toStride;
      if (L == 8) {
        exchange4(target, at, 4 * toStride);
      } else if (L == 16) {
        exchange4and8(target, at, 4 * toStride);
      }
    }
  }

  /** Does the step for bit 4 on two rows, in place. */
  private static void exchange4(Packed target, int at, int stride) {
    FloatVector r0 = target.get(at);
    FloatVector r1 = target.get(at + stride);
    target.put(r0.blend(r1.rearrange(SWAP_4), WITH_4), at);
    target.put(r0.rearrange(SWAP_4).blend(r1, WITH_4), at + stride);
  }

  /** Does the steps for bits 4 and 8 on four rows, in place. */
  private static void exchange4and8(Packed target, int at, int stride) {
    FloatVector r0 = target.get(at);
    FloatVector r1 = target.get(at + stride);
    FloatVector r2 = target.get(at + 2 * stride);
    FloatVector r3 = target.get(at + 3 * stride);
    FloatVector s0 = r0.blend(r1.rearrange(SWAP_4), WITH_4);
    FloatVector s1 = r0.rearrange(SWAP_4).blend(r1, WITH_4);
    FloatVector s2 = r2.blend(r3.rearrange(SWAP_4), WITH_4);
    FloatVector s3 = r2.rearrange(SWAP_4).blend(r3, WITH_4);
    target.put(s0.blend(s2.rearrange(SWAP_8), WITH_8), at);
    target.put(s1.blend(s3.rearrange(SWAP_8), WITH_8), at + stride);
    target.put(s0.rearrange(SWAP_8).blend(s2, WITH_8), at + 2 * stride);
    target.put(s1.rearrange(SWAP_8).blend(s3, WITH_8), at + 3 * stride);
  }
}
