package dev.lockstep.matrix;

import java.util.Arrays;

/**
 * A matrix in binary64. The array is shared with the caller, not copied.
 *
 * @param rows the number of rows
 * @param columns the number of columns
 * @param data {@code rows * columns} elements, row-major
 */
@SuppressWarnings("ArrayRecordComponent") // compared by firstDifference, never by equals
public record DoubleMatrix(int rows, int columns, double[] data) implements Matrix {

  public DoubleMatrix {
    if (data.length != Matrix.requireSize(rows, columns)) {
      throw new IllegalArgumentException(
          "a " + rows + " x " + columns + " matrix does not have " + data.length + " elements");
    }
  }

  /** A matrix of zeros. */
  public DoubleMatrix(int rows, int columns) {
    this(rows, columns, new double[Matrix.requireSize(rows, columns)]);
  }

  @Override
  public double value(int index) {
    return data[index];
  }

  @Override
  public long bits(int index) {
    return Double.doubleToLongBits(data[index]);
  }

  @Override
  public DoubleMatrix copy() {
    return new DoubleMatrix(rows, columns, data.clone());
  }

  @Override
  public int firstDifference(Matrix other) {
    if (other instanceof DoubleMatrix same) {
      requireComparable(other);
      // Arrays.mismatch compares as Double.equals does: all NaNs equal, -0 unequal to +0.
      return Arrays.mismatch(data, same.data);
    }
    return Matrix.super.firstDifference(other);
  }
}
