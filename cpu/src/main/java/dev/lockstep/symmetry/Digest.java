package dev.lockstep.symmetry;

import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.Matrix;
import java.util.Locale;

/**
 * A 128-bit digest of a matrix. Each half is the sum modulo 2^64 of splitmix64 over each element's
 * position and bits, with a seed of its own. Any number of threads may compute the sum in any
 * order. All NaNs are equal, and -0 differs from +0.
 *
 * @param low the half for seed 0
 * @param high the half for the golden ratio as seed
 */
public record Digest(long low, long high) {

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  /** Computes the digest of all elements of a matrix. */
  public static Digest of(Matrix matrix) {
    long low = 0;
    long high = 0;
    for (int i = 0; i < matrix.size(); i++) {
      // Binary64 bits do not fit beside the index, so there the index is mixed first.
      long element =
          matrix instanceof DoubleMatrix
              ? mix(i) ^ matrix.bits(i)
              : ((long) i << 32) ^ matrix.bits(i);
      low += mix(element);
      high += mix(element ^ GOLDEN);
    }
    return new Digest(low, high);
  }

  /**
   * One step of splitmix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
   * generators", OOPSLA 2014).
   */
  static long mix(long x) {
    long z = x + GOLDEN;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Returns 32 hexadecimal digits, the high half first. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%016x%016x", high, low);
  }
}
