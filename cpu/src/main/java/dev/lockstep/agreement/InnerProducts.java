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
  private final double[] operands = new double[BLOCK];

  /**
   * Computes the products of a row with up to {@link #BLOCK} columns, of which there are enough.
   */
  void compute(DoubleMatrix a, int row, DoubleMatrix b, int from, int count) {
    Arrays.fill(values, 0, count, 0);
    Arrays.fill(magnitudes, 0, count, 0);
    Arrays.fill(squares, 0, count, 0);
    Arrays.fill(partials, 0, count, 0);
    int k = a.columns();
    for (int t = 0; t < k; t++) {
      System.arraycopy(b.data(), t * b.columns() + from, operands, 0, count);
      add(a.data()[row * k + t], operands, values, magnitudes, squares, partials, count);
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
      int count) {
    for (int j = 0; j < count; j++) {
      double term = x * operands[j];
      double sum = values[j] + term;
      values[j] = sum;
      magnitudes[j] += Math.abs(term);
      squares[j] += term * term;
      partials[j] += sum * sum;
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

  /** The sum of the squares of the partial sums, in ascending order. */
  double partials(int j) {
    return partials[j];
  }
}
