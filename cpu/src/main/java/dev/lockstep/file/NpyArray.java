package dev.lockstep.file;

import dev.lockstep.input.Limits;
import java.util.Arrays;

/**
 * A dense, row-major array of one to five dimensions, as NumPy stores it.
 *
 * <p>The values are shared with the caller and not copied, because parameters are large.
 */
public sealed interface NpyArray {

  /** The length of each dimension, slowest first, such as {n} or {rows, columns}. */
  int[] shape();

  /** The number of values. */
  default int count() {
    return Arrays.stream(shape()).reduce(1, (a, b) -> a * b);
  }

  /**
   * Values of binary32, NumPy's {@code float32}.
   *
   * @param shape lengths whose product is the number of values
   * @param values row-major
   */
  record Floats(int[] shape, float[] values) implements NpyArray {
    /** Checks the shape against the values and throws IllegalArgumentException if they disagree. */
    public Floats {
      check(shape, values.length);
    }
  }

  /**
   * Values of binary64, NumPy's {@code float64}.
   *
   * @param shape lengths whose product is the number of values
   * @param values row-major
   */
  record Doubles(int[] shape, double[] values) implements NpyArray {
    /** Checks the shape against the values and throws IllegalArgumentException if they disagree. */
    public Doubles {
      check(shape, values.length);
    }
  }

  /**
   * Whole numbers of 8 bits without a sign, NumPy's {@code uint8}.
   *
   * @param shape lengths whose product is the number of values
   * @param values row-major
   */
  record Bytes(int[] shape, byte[] values) implements NpyArray {
    /** Checks the shape against the values and throws IllegalArgumentException if they disagree. */
    public Bytes {
      check(shape, values.length);
    }
  }

  /**
   * Whole numbers, NumPy's {@code int32} and {@code int64}; written as the latter.
   *
   * @param shape lengths whose product is the number of values
   * @param values row-major
   */
  record Longs(int[] shape, long[] values) implements NpyArray {
    /** Checks the shape against the values and throws IllegalArgumentException if they disagree. */
    public Longs {
      check(shape, values.length);
    }
  }

  private static void check(int[] shape, int count) {
    boolean agrees = shape.length >= 1 && shape.length <= Limits.DIMENSIONS.value();
    long product = 1;
    for (int length : shape) {
      agrees &= length >= 0 && product <= Integer.MAX_VALUE;
      product *= agrees ? length : 0;
    }
    if (!agrees || product != count) {
      throw new IllegalArgumentException(
          "shape " + Arrays.toString(shape) + " does not hold " + count + " values");
    }
  }
}
