package dev.lockstep.model;

import java.util.Arrays;

/**
 * A dense array of one or two dimensions, row-major, as NumPy stores it.
 *
 * <p>The values are shared with the caller, not copied: parameters are large.
 */
public sealed interface NpyArray {

  /** The length of each dimension, slowest first: {n} or {rows, columns}. */
  int[] shape();

  /**
   * Values of binary32, NumPy's {@code float32}.
   *
   * @param shape one or two lengths whose product is the number of values
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
   * @param shape one or two lengths whose product is the number of values
   * @param values row-major
   */
  record Doubles(int[] shape, double[] values) implements NpyArray {
    /** Checks the shape against the values and throws IllegalArgumentException if they disagree. */
    public Doubles {
      check(shape, values.length);
    }
  }

  private static void check(int[] shape, int count) {
    boolean agrees =
        switch (shape.length) {
          case 1 -> shape[0] == count;
          case 2 -> shape[0] >= 0 && shape[1] >= 0 && (long) shape[0] * shape[1] == count;
          default -> false;
        };
    if (!agrees) {
      throw new IllegalArgumentException(
          "shape " + Arrays.toString(shape) + " does not hold " + count + " values");
    }
  }
}
