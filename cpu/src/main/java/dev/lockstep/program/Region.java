package dev.lockstep.program;

import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import java.util.Objects;

/**
 * A rectangle of a matrix.
 *
 * @param row the first row
 * @param rows the number of rows
 * @param column the first column
 * @param columns the number of columns
 */
public record Region(int row, int rows, int column, int columns) {

  /** Returns the region of a whole tensor. */
  public static Region of(Tensor tensor) {
    return new Region(0, tensor.rows().size(), 0, tensor.columns().size());
  }

  /** Returns the first {@code columns} elements of a row. */
  public static Region ofRow(int row, int columns) {
    return new Region(row, 1, 0, columns);
  }

  /** Returns the first {@code rows} elements of a column. */
  public static Region ofColumn(int column, int rows) {
    return new Region(0, rows, column, 1);
  }

  /**
   * Checks that this region lies in a tensor.
   *
   * @throws IndexOutOfBoundsException if it does not
   */
  public void requireIn(Tensor tensor) {
    Objects.checkFromIndexSize(row, rows, tensor.rows().size());
    Objects.checkFromIndexSize(column, columns, tensor.columns().size());
  }

  /** Copies this region of a matrix, rounded to binary32. */
  public FloatMatrix copyOf(Matrix matrix) {
    FloatMatrix part = new FloatMatrix(rows, columns);
    for (int i = 0; i < part.size(); i++) {
      int index = (row + i / columns) * matrix.columns() + column + i % columns;
      part.data()[i] = (float) matrix.value(index);
    }
    return part;
  }
}
