package dev.lockstep.agreement;

import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.Matrix;

/**
 * How much of its bound a tensor uses, and the element that uses the most.
 *
 * @param tensor what it is called, such as {@code gradient of W2}
 * @param share of the bound; above 1 the two disagree; infinite where one of them is NaN, or
 *     infinite and the other not equal
 * @param row of that element
 * @param column of that element
 * @param expected its value without rounding
 * @param actual its value
 * @param actualBits the bits of that
 */
public record TensorShare(
    String tensor,
    double share,
    int row,
    int column,
    double expected,
    double actual,
    long actualBits) {

  /**
   * Of a tensor, element by element.
   *
   * @param expected without rounding
   * @param bound how far each element may be from that
   */
  static TensorShare of(String tensor, Matrix expected, Matrix actual, Matrix bound) {
    double most = 0;
    int at = 0;
    for (int i = 0; i < expected.size(); i++) {
      double share = share(expected.value(i), actual.value(i), bound.value(i));
      if (share > most) {
        most = share;
        at = i;
      }
    }
    boolean empty = expected.size() == 0;
    int columns = Math.max(1, expected.columns());
    return new TensorShare(
        tensor,
        most,
        at / columns,
        at % columns,
        empty ? 0 : expected.value(at),
        empty ? 0 : actual.value(at),
        empty ? 0 : actual.bits(at));
  }

  /** Of a single number. */
  static TensorShare of(String name, double expected, double actual, double bound) {
    return of(name, one(expected), one(actual), one(bound));
  }

  private static Matrix one(double value) {
    return new DoubleMatrix(1, 1, new double[] {value});
  }

  private static double share(double expected, double actual, double bound) {
    double difference = Math.abs(expected - actual);
    if (difference == 0 || expected == actual) {
      return 0;
    }
    double used = difference / bound;
    return Double.isNaN(used) ? Double.POSITIVE_INFINITY : used;
  }

  /** As a difference seen after a step, counted from 1. */
  public Difference after(long step) {
    return new Difference(
        step, tensor, row, column, expected, actual, Double.doubleToLongBits(expected), actualBits);
  }
}
