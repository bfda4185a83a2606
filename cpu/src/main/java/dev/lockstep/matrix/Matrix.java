package dev.lockstep.matrix;

/**
 * A dense row-major matrix of one precision; a vector is a matrix of one row.
 *
 * <p>The one currency between backends and everything that looks at their results. Element {@code
 * (i, j)} lies at {@code i * columns + j} of the data array.
 */
public sealed interface Matrix permits FloatMatrix, DoubleMatrix, DrawnMatrix {

  /** Number of rows, 0 or more. */
  int rows();

  /** Number of columns, 0 or more. */
  int columns();

  /** The element at a row-major index, widened to binary64 (exact). */
  double value(int index);

  /**
   * The raw bits of the element at a row-major index, for the equality of exact backends: every NaN
   * counts as one (payloads differ between processors), minus zero differs from plus zero. Binary32
   * bits are returned zero-extended.
   */
  long bits(int index);

  /** A copy that shares nothing with this one. */
  Matrix copy();

  /** The same values in binary64; a new matrix. */
  DoubleMatrix widened();

  /** The first row-major index at which the bits differ, or -1 if all are equal. */
  int firstDifference(Matrix other);

  /** Number of elements. */
  default int size() {
    return rows() * columns();
  }

  /** The shape as text, for messages: {@code 64 x 10}. */
  default String shape() {
    return rows() + " x " + columns();
  }

  /**
   * Checks that a shape fits one Java array.
   *
   * @throws IllegalArgumentException if a dimension is negative or the product exceeds 2^31 - 1
   */
  static int requireSize(int rows, int columns) {
    long size = (long) rows * columns;
    if (rows < 0 || columns < 0 || size > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("no matrix of shape " + rows + " x " + columns);
    }
    return (int) size;
  }
}
