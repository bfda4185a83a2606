package dev.lockstep.agreement;

import dev.lockstep.backend.Subnormals;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.Matrix;
import java.util.Arrays;

/**
 * A matrix that a step in binary32 computes: its elements without any rounding, and how far each of
 * those computed may be from them. Both arrays are row-major.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Bounded(int rows, int columns, double[] values, double[] errors) {

  /** Of zeros. */
  Bounded(int rows, int columns) {
    this(rows, columns, new double[rows * columns], new double[rows * columns]);
  }

  /** A matrix that both know. */
  static Bounded exact(Matrix matrix) {
    double[] values = matrix.widened().data();
    return new Bounded(matrix.rows(), matrix.columns(), values, new double[values.length]);
  }

  /** An element as an operation reads it. */
  Rounded at(int i, Subnormals subnormals) {
    return Rounded.operand(values[i], errors[i], subnormals);
  }

  /** Overwrites an element. */
  void set(int i, Rounded element) {
    values[i] = element.value();
    errors[i] = element.error();
  }

  int size() {
    return values.length;
  }

  /** Whether no element errs. */
  boolean isExact() {
    return Arrays.stream(errors).allMatch(error -> error == 0);
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

  /** Some rows and columns. */
  Bounded picked(SampledParts.Part part) {
    Bounded picked = new Bounded(part.rows().length, part.columns().length);
    for (int i = 0; i < picked.size(); i++) {
      int at = part.index(i, columns);
      picked.values[i] = values[at];
      picked.errors[i] = errors[at];
    }
    return picked;
  }

  /** The errors, with what covers that the values are computed in binary64. */
  Matrix bound() {
    return new DoubleMatrix(
        rows, columns, Arrays.stream(errors).map(error -> error * ElementBound.SLACK).toArray());
  }
}
