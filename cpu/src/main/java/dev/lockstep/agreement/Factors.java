package dev.lockstep.agreement;

import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.ProductForm;

/**
 * The operands of a product C = op(A) op(B), widened, with how often their values are repeated, see
 * {@link Repetition}.
 *
 * @param a op(A), [m][k]
 * @param b op(B), [k][n]
 * @param repeatedInRows the measure of each row of op(A), whose values meet in one sum
 * @param repeatedInColumns the measure of each column of op(B)
 * @param acrossRows the measure of all columns of op(A): 1 if its rows have nothing in common, m if
 *     all are equal
 * @param acrossColumns the measure of all rows of op(B)
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Factors(
    DoubleMatrix a,
    DoubleMatrix b,
    double[] repeatedInRows,
    double[] repeatedInColumns,
    double acrossRows,
    double acrossColumns) {

  static Factors of(ProductForm form, Matrix a, Matrix b) {
    DoubleMatrix left = form == ProductForm.ATB ? transposed(a) : a.widened();
    DoubleMatrix right = form == ProductForm.ABT ? transposed(b) : b.widened();
    return new Factors(
        left,
        right,
        Repetition.ofRows(left),
        Repetition.ofColumns(right),
        Repetition.withinColumns(left),
        Repetition.withinRows(right));
  }

  int rows() {
    return a.rows();
  }

  int columns() {
    return b.columns();
  }

  int terms() {
    return a.columns();
  }

  /** Returns by how much equal terms increase the variance of an element's error. */
  double repetition(int row, int column) {
    return Math.min(repeatedInRows[row], repeatedInColumns[column]);
  }

  private static DoubleMatrix transposed(Matrix matrix) {
    DoubleMatrix transposed = new DoubleMatrix(matrix.columns(), matrix.rows());
    for (int i = 0; i < matrix.rows(); i++) {
      for (int j = 0; j < matrix.columns(); j++) {
        transposed.data()[j * matrix.rows() + i] = matrix.value(i * matrix.columns() + j);
      }
    }
    return transposed;
  }
}
