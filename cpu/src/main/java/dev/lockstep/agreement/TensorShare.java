package dev.lockstep.agreement;

import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.Matrix;

/**
 * The share of its bound that a tensor uses, and the element that uses the most.
 *
 * @param tensor name of the tensor, such as {@code gradient of W2}
 * @param share the largest used share of a bound; above 1 the values disagree; infinite if one
 *     value is NaN, or if one is infinite and the other differs
 * @param row row of that element
 * @param column column of that element
 * @param expected the element's value without rounding
 * @param actual the element's computed value
 * @param actualBits the bits of the computed value
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
   * Compares a tensor element by element.
   *
   * @param expected the values without rounding
   * @param bound the largest accepted error of each element
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

  /** Compares a single number. */
  public static TensorShare of(String name, double expected, double actual, double bound) {
    return of(name, one(expected), one(actual), one(bound));
  }

  /** Returns a number as a matrix. */
  static Matrix one(double value) {
    return new DoubleMatrix(1, 1, new double[] {value});
  }

  /** Returns the share of its bound that a number uses. */
  static double share(double expected, double actual, double bound) {
    double difference = Math.abs(expected - actual);
    if (difference == 0 || expected == actual) {
      return 0;
    }
    double used = difference / bound;
    return Double.isNaN(used) ? Double.POSITIVE_INFINITY : used;
  }

  /** Returns the same element of a tensor of another name. */
  TensorShare of(String name) {
    return new TensorShare(name, share, row, column, expected, actual, actualBits);
  }

  /** Returns the element as a difference after a step, from 1. */
  public Difference after(long step) {
    return new Difference(
        step, tensor, row, column, expected, actual, Double.doubleToLongBits(expected), actualBits);
  }

  /** Returns this share under another name of the tensor. */
  public TensorShare named(String other) {
    return new TensorShare(other, share, row, column, expected, actual, actualBits);
  }
}
