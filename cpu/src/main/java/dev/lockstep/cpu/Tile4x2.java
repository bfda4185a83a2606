package dev.lockstep.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * An output tile of 4 rows by 2 vectors, for processors with 16 vector registers. It holds 8
 * accumulators, as two multiply-adds per cycle with a latency of 4 cycles need, 2 vectors of B and
 * 4 elements of A, all of which HotSpot loads ahead. With six rows HotSpot would spill an
 * accumulator to memory within the loop, which halves the speed.
 */
final class Tile4x2 {
  static final int ROWS = 4;
  static final int COLUMNS = 2 * Lanes.COUNT;

  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;

  private Tile4x2() {}

  /** See {@link MicroKernel#run}. */
  static void run(
      int terms,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      float[] start,
      int startOffset,
      int startStride,
      float[] c,
      int cOffset,
      int cStride) {
    int s = startOffset;
    FloatVector c00 = FloatVector.fromArray(S, start, s);
    FloatVector c01 = FloatVector.fromArray(S, start, s + L);
    s += startStride;
    FloatVector c10 = FloatVector.fromArray(S, start, s);
    FloatVector c11 = FloatVector.fromArray(S, start, s + L);
    s += startStride;
    FloatVector c20 = FloatVector.fromArray(S, start, s);
    FloatVector c21 = FloatVector.fromArray(S, start, s + L);
    s += startStride;
    FloatVector c30 = FloatVector.fromArray(S, start, s);
    FloatVector c31 = FloatVector.fromArray(S, start, s + L);
    int x = aOffset;
    int y = bOffset;
    for (int k = 0; k < terms; k++) {
      FloatVector b0 = FloatVector.fromArray(S, b, y);
      FloatVector b1 = FloatVector.fromArray(S, b, y + L);
      FloatVector a0 = FloatVector.broadcast(S, a[x]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      FloatVector a1 = FloatVector.broadcast(S, a[x + 1]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      FloatVector a2 = FloatVector.broadcast(S, a[x + 2]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      FloatVector a3 = FloatVector.broadcast(S, a[x + 3]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      x += ROWS;
      y += COLUMNS;
    }
    int out = cOffset;
    c00.intoArray(c, out);
    c01.intoArray(c, out + L);
    out += cStride;
    c10.intoArray(c, out);
    c11.intoArray(c, out + L);
    out += cStride;
    c20.intoArray(c, out);
    c21.intoArray(c, out + L);
    out += cStride;
    c30.intoArray(c, out);
    c31.intoArray(c, out + L);
  }
}
