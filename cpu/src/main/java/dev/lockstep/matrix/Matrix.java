package dev.lockstep.matrix;

/**
 * A dense row-major matrix of one precision; a vector is a matrix of one row.
 *
 * <p>Backends exchange results in this form with everything that inspects them. Element {@code (i,
 * j)} has the index {@code i * columns + j}.
 */
public sealed interface Matrix permits FloatMatrix, DoubleMatrix, DrawnMatrix {

  /** The number of rows, 0 or more. */
  int rows();

  /** The number of columns, 0 or more. */
  int columns();

  /** The element at an index, widened to binary64, which is exact. */
  double value(int index);

  /**
   * The raw bits of the element at an index, which decide whether exact backends agree. All NaNs
   * have the same bits (payloads differ between processors), and minus zero differs from plus zero.
   * The bits of a binary32 number are zero-extended.
   */
  default long bits(int index) {
    return Integer.toUnsignedLong(Float.floatToIntBits((float) value(index)));
  }

  /** A copy that shares nothing with this matrix. Elements that are drawn are drawn once. */
  Matrix copy();

  /** A new matrix with the same values in binary64. */
  default DoubleMatrix widened() {
    DoubleMatrix wide = new DoubleMatrix(rows(), columns());
    for (int i = 0; i < size(); i++) {
      wide.data()[i] = value(i);
    }
    return wide;
  }

  /**
   * The first index at which the bits differ, or -1 if all are equal.
   *
   * @throws IllegalArgumentException if shape or precision differ
   */
  default int firstDifference(Matrix other) {
    requireComparable(other);
    for (int i = 0; i < size(); i++) {
      if (bits(i) != other.bits(i)) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Checks that another matrix has the same shape and precision.
   *
   * @throws IllegalArgumentException if it has not
   */
  default void requireComparable(Matrix other) {
    if (this instanceof DoubleMatrix != other instanceof DoubleMatrix
        || rows() != other.rows()
        || columns() != other.columns()) {
      throw new IllegalArgumentException(
          description(this) + " cannot be compared with " + description(other));
    }
  }

  private static String description(Matrix matrix) {
    return (matrix instanceof DoubleMatrix ? "a binary64 matrix of " : "a binary32 matrix of ")
        + matrix.shape();
  }

  /** The number of elements. */
  default int size() {
    return rows() * columns();
  }

  /** The shape as text, for messages: {@code 64 x 10}. */
  default String shape() {
    return rows() + " x " + columns();
  }

  /**
   * The number of elements of a shape, if one Java array can hold them.
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
