package dev.lockstep.matrix;

import java.util.Arrays;

/**
 * A matrix in binary32. The array is the matrix, not a copy of it.
 *
 * @param rows number of rows
 * @param columns number of columns
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
  public long bits(int index) {
    return Integer.toUnsignedLong(Float.floatToIntBits(data[index]));
  }

  @Override
  public FloatMatrix copy() {
    return new FloatMatrix(rows, columns, data.clone());
  }

  @Override
  public DoubleMatrix widened() {
    double[] wide = new double[data.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = data[i];
    }
    return new DoubleMatrix(rows, columns, wide);
  }

  @Override
  public int firstDifference(Matrix other) {
    if (other instanceof DrawnMatrix drawn) {
      return drawn.firstDifference(this);
    }
    if (!(other instanceof FloatMatrix same) || same.rows != rows || same.columns != columns) {
      throw new IllegalArgumentException(
          "a binary32 matrix of " + shape() + " cannot be compared with one of " + other.shape());
    }
    // Arrays.mismatch compares as Float.equals does: all NaNs equal, -0 unequal to +0.
    return Arrays.mismatch(data, same.data);
  }
}
