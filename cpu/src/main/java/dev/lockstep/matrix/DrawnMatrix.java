package dev.lockstep.matrix;

import java.util.Arrays;

/**
 * A matrix in binary32 whose elements are a function of their place, computed whenever they are
 * read: parameters of a network that nobody wants to hold in the heap, on their way to a device.
 *
 * @param rows number of rows
 * @param columns number of columns
 * @param element gives each element before it is rounded to binary32; the same at every call
 */
public record DrawnMatrix(int rows, int columns, Element element) implements Matrix {

  /** What stands at a place. */
  @FunctionalInterface
  public interface Element {
    /** The element, from its row and column; rounded once by the caller. */
    double at(int row, int column);
  }

  public DrawnMatrix {
    Matrix.requireSize(rows, columns);
  }

  @Override
  public double value(int index) {
    return (float) element.at(index / columns, index % columns);
  }

  @Override
  public long bits(int index) {
    return Integer.toUnsignedLong(Float.floatToIntBits((float) value(index)));
  }

  /** Writes a row to {@code target[0 .. columns)}. */
  public void row(int row, float[] target) {
    for (int j = 0; j < columns; j++) {
      target[j] = (float) element.at(row, j);
    }
  }

  /** Its elements, each computed once. */
  @Override
  public FloatMatrix copy() {
    FloatMatrix copy = new FloatMatrix(rows, columns);
    float[] row = new float[columns];
    for (int i = 0; i < rows; i++) {
      row(i, row);
      System.arraycopy(row, 0, copy.data(), i * columns, columns);
    }
    return copy;
  }

  @Override
  public DoubleMatrix widened() {
    return copy().widened();
  }

  @Override
  public int firstDifference(Matrix other) {
    if (other instanceof DoubleMatrix || other.rows() != rows || other.columns() != columns) {
      throw new IllegalArgumentException(
          "a binary32 matrix of " + shape() + " cannot be compared with " + other.shape());
    }
    float[] mine = new float[columns];
    float[] others = new float[columns];
    for (int i = 0; i < rows; i++) {
      row(i, mine);
      for (int j = 0; j < columns; j++) {
        others[j] = (float) other.value(i * columns + j);
      }
      int column = Arrays.mismatch(mine, others);
      if (column >= 0) {
        return i * columns + column;
      }
    }
    return -1;
  }
}
