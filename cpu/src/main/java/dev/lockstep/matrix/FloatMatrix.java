package dev.lockstep.matrix;

import java.util.Arrays;

/**
 * A matrix in binary32. The array is shared with the caller, not copied.
 *
 * @param rows the number of rows
 * @param columns the number of columns
 * @param data {@code rows * columns} elements, row-major
 */
@SuppressWarnings("ArrayRecordComponent") // compared by firstDifference, never by equals
public record FloatMatrix(int rows, int columns, float[] data) implements Matrix {

  public FloatMatrix {
    if (data.length != Matrix.requireSize(rows, columns)) {
      throw new IllegalArgumentException(
          "a " + rows + " x " + columns + " matrix does not have " + data.length + " elements");
    }
  }

  /** A matrix of zeros. */
  public FloatMatrix(int rows, int columns) {
    this(rows, columns, new float[Matrix.requireSize(rows, columns)]);
  }

  @Override
  public double value(int index) {
    return data[index];
  }

  @Override
  public FloatMatrix copy() {
    return new FloatMatrix(rows, columns, data.clone());
  }

  @Override
  public int firstDifference(Matrix other) {
    if (other instanceof FloatMatrix same) {
      requireComparable(other);
      // Arrays.mismatch compares as Float.equals does: all NaNs equal, -0 unequal to +0.
      return Arrays.mismatch(data, same.data);
    }
    return Matrix.super.firstDifference(other);
  }
}
