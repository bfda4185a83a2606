package dev.lockstep.agreement;

import dev.lockstep.matrix.DoubleMatrix;
import java.util.Arrays;

/**
 * The inner products of one row of op(A) with columns of op(B), in binary64, with what their
 * rounding errors depend on. Columns are taken in blocks that stay in the first-level cache.
 */
final class InnerProducts {
  static final int BLOCK = 512;

  private final double[] values = new double[BLOCK];
  private final double[] magnitudes = new double[BLOCK];
  private final double[] squares = new double[BLOCK];
  private final double[] partials = new double[BLOCK];
  private final double[] partialSquares = new double[BLOCK];
  private int terms;
  private final double[] operands = new double[BLOCK];

  /**
   * Computes the products of a row with up to {@link #BLOCK} columns, of which there are enough.
   */
  void compute(DoubleMatrix a, int row, DoubleMatrix b, int from, int count) {
    Arrays.fill(values, 0, count, 0);
    Arrays.fill(magnitudes, 0, count, 0);
    Arrays.fill(squares, 0, count, 0);
    Arrays.fill(partials, 0, count, 0);
    Arrays.fill(partialSquares, 0, count, 0);
    terms = a.columns();
    for (int t = 0; t < terms; t++) {
      System.arraycopy(b.data(), t * b.columns() + from, operands, 0, count);
      add(
          a.data()[row * terms + t],
          operands,
          values,
          magnitudes,
          squares,
          partials,
          partialSquares,
          count);
    }
  }

  /** All arrays have one index, so that HotSpot makes it a loop over vectors. */
  private static void add(
      double x,
      double[] operands,
      double[] values,
      double[] magnitudes,
      double[] squares,
      double[] partials,
      double[] partialSquares,
      int count) {
    for (int j = 0; j < count; j++) {
      double term = x * operands[j];
      double sum = values[j] + term;
      values[j] = sum;
      magnitudes[j] += Math.abs(term);
      squares[j] += term * term;
      partials[j] += sum;
      partialSquares[j] += sum * sum;
    }
  }

  /** The sum S of the terms. */
  double value(int j) {
    return values[j];
  }

  /** The sum of the terms' magnitudes. */
  double magnitude(int j) {
    return magnitudes[j];
  }

  /** The sum Q of the terms' squares. */
  double squares(int j) {
    return squares[j];
  }

  /** The sum of the squares of the partial sums, in ascending or descending order. */
  double partialSquares(int j) {
    return inEitherDirection(terms, values[j], partials[j], partialSquares[j]);
  }

  /**
   * Returns the larger sum of squared partial sums of a chain that ascends and of one that
   * descends, whose partial sums are what the other's leave.
   *
   * @param terms the number of terms
   * @param sum the sum of the terms
   * @param partials the sum of the ascending chain's partial sums
   * @param squares the sum of their squares
   */
  static double inEitherDirection(int terms, double sum, double partials, double squares) {
    double descending = (terms + 1.) * sum * sum - 2 * sum * partials + squares;
    return Math.max(squares, descending);
  }
}
