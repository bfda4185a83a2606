package dev.lockstep.cpu;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * An output tile of 8 rows by 2 vectors, for processors with 32 vector registers. It holds 16
 * accumulators, 2 vectors of B and one element of A at a time. Two multiply-adds per cycle with a
 * latency of 4 cycles need 8 chains in flight; 16 leave time for the loads.
 */
final class Tile8x2 {
  static final int ROWS = 8;
  static final int COLUMNS = 2 * Lanes.COUNT;

  private static final VectorSpecies<Float> S = Lanes.SPECIES;
  private static final int L = Lanes.COUNT;
  private static final long BYTES = (long) L * Float.BYTES;
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private Tile8x2() {}

  /** See {@link MicroKernel#run}. */
  static void run(
      int terms,
      MemorySegment a,
      long aOffset,
      MemorySegment b,
      long bOffset,
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
    s += startStride;
    FloatVector c40 = FloatVector.fromArray(S, start, s);
    FloatVector c41 = FloatVector.fromArray(S, start, s + L);
    s += startStride;
    FloatVector c50 = FloatVector.fromArray(S, start, s);
    FloatVector c51 = FloatVector.fromArray(S, start, s + L);
    s += startStride;
    FloatVector c60 = FloatVector.fromArray(S, start, s);
    FloatVector c61 = FloatVector.fromArray(S, start, s + L);
    s += startStride;
    FloatVector c70 = FloatVector.fromArray(S, start, s);
    FloatVector c71 = FloatVector.fromArray(S, start, s + L);
    long x = aOffset * Float.BYTES;
    long y = bOffset * Float.BYTES;
    for (int k = 0; k < terms; k++) {
      FloatVector b0 = FloatVector.fromMemorySegment(S, b, y, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(S, b, y + BYTES, ORDER);
      FloatVector a0 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, x));
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      FloatVector a1 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, x + 4));
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      FloatVector a2 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, x + 8));
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      FloatVector a3 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, x + 12));
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      FloatVector a4 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, x + 16));
      c40 = a4.fma(b0, c40);
      c41 = a4.fma(b1, c41);
      FloatVector a5 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, x + 20));
      c50 = a5.fma(b0, c50);
      c51 = a5.fma(b1, c51);
      FloatVector a6 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, x + 24));
      c60 = a6.fma(b0, c60);
      c61 = a6.fma(b1, c61);
      FloatVector a7 = FloatVector.broadcast(S, a.get(JAVA_FLOAT, x + 28));
      c70 = a7.fma(b0, c70);
      c71 = a7.fma(b1, c71);
      x += ROWS * (long) Float.BYTES;
      y += 2 * BYTES;
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
    out += cStride;
    c40.intoArray(c, out);
    c41.intoArray(c, out + L);
    out += cStride;
    c50.intoArray(c, out);
    c51.intoArray(c, out + L);
    out += cStride;
    c60.intoArray(c, out);
    c61.intoArray(c, out + L);
    out += cStride;
    c70.intoArray(c, out);
    c71.intoArray(c, out + L);
  }
}
