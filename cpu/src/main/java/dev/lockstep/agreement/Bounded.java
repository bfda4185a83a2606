package dev.lockstep.agreement;

import dev.lockstep.backend.Subnormals;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.Matrix;
import java.util.Arrays;

/**
 * A matrix that a binary32 step computes, as the values without rounding and an error bound for
 * each computed element. Both arrays are row-major.
 *
 * @param values the elements without rounding
 * @param errors the largest absolute error of each computed element
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Bounded(int rows, int columns, double[] values, double[] errors) {

  /** Creates a matrix of exact zeros. */
  Bounded(int rows, int columns) {
    this(rows, columns, new double[rows * columns], new double[rows * columns]);
  }

  /** Returns a matrix without errors. */
  static Bounded exact(Matrix matrix) {
    return exact(matrix, new double[matrix.size()]);
  }

  /**
   * Returns a matrix without errors.
   *
   * @param zeros as many zeros as it has elements, which several matrices may share
   */
  static Bounded exact(Matrix matrix, double[] zeros) {
    return new Bounded(matrix.rows(), matrix.columns(), matrix.widened().data(), zeros);
  }

  /** Returns an element as an operation reads it. */
  Rounded at(int i, Subnormals subnormals) {
    return Rounded.operand(values[i], errors[i], subnormals);
  }

  /** Sets an element and its error. */
  void set(int i, Rounded element) {
    values[i] = element.value();
    errors[i] = element.error();
  }

  int size() {
    return values.length;
  }

  /** Returns whether all errors are 0. */
  boolean isExact() {
    return Arrays.stream(errors).allMatch(error -> error == 0);
  }

  /** Returns the values without rounding. */
  Matrix withoutErrors() {
    return new DoubleMatrix(rows, columns, values);
  }

  Bounded transposed() {
    Bounded transposed = new Bounded(columns, rows);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        transposed.values[j * rows + i] = values[i * columns + j];
        transposed.errors[j * rows + i] = errors[i * columns + j];
      }
    }
    return transposed;
  }

  /** Returns the submatrix of some rows and columns. */
  Bounded picked(SampledParts.Part part) {
    Bounded picked = new Bounded(part.rows().length, part.columns().length);
    for (int i = 0; i < picked.size(); i++) {
      int at = part.index(i, columns);
      picked.values[i] = values[at];
      picked.errors[i] = errors[at];
    }
    return picked;
  }

  /** Returns the errors, scaled to cover the binary64 rounding of the values. */
  Matrix bound() {
    return new DoubleMatrix(
        rows, columns, Arrays.stream(errors).map(error -> error * ElementBound.SLACK).toArray());
  }
}
