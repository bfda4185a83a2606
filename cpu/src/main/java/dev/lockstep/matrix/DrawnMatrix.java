package dev.lockstep.matrix;

/**
 * A matrix in binary32 whose elements are a function of their place and are computed whenever they
 * are read. It serves parameters that go to a device and should not take heap memory.
 *
 * @param rows the number of rows
 * @param columns the number of columns
 * @param element computes each element before it is rounded to binary32, equal at every call
 */
public record DrawnMatrix(int rows, int columns, Element element) implements Matrix {

  /** Computes elements. */
  @FunctionalInterface
  public interface Element {
    /** Computes the element at a row and column; the caller rounds it to binary32. */
    double at(int row, int column);
  }

  public DrawnMatrix {
    Matrix.requireSize(rows, columns);
  }

  @Override
  public double value(int index) {
    return (float) element.at(index / columns, index % columns);
  }

  /** Computes a row into {@code target[0 .. columns)}. */
  public void row(int row, float[] target) {
    for (int j = 0; j < columns; j++) {
      target[j] = (float) element.at(row, j);
    }
  }

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
}
