package dev.lockstep.agreement;

import dev.lockstep.matrix.DoubleMatrix;
import java.util.Arrays;

/**
 * How often values are repeated in the lines of an operand, without zeros, whose terms are added
 * without rounding. A value that occurs n times counts n times among n values, so the measure of a
 * line is sum n(v)^2 / sum n(v): 1 if all values are distinct, the length if all are equal. Values
 * of opposite signs count as equal, because they round alike.
 */
final class Repetition {
  private static final long SIGN = Long.MIN_VALUE;
  private static final long SCRAMBLE = 0x9E37_79B9_7F4A_7C15L;

  private final long[] keys;
  private final int[] counts;
  private final int[] generations;
  private final int shift;
  private int generation;

  private Repetition(int length) {
    int capacity = Integer.highestOneBit(Math.max(2, length)) * 4;
    keys = new long[capacity];
    counts = new int[capacity];
    generations = new int[capacity];
    shift = Long.SIZE - Integer.numberOfTrailingZeros(capacity);
  }

  /** Returns the measure of each row. */
  static double[] ofRows(DoubleMatrix matrix) {
    Repetition counter = new Repetition(matrix.columns());
    double[] measures = new double[matrix.rows()];
    for (int i = 0; i < measures.length; i++) {
      measures[i] = counter.line(matrix.data(), i * matrix.columns(), 1, matrix.columns()).mean();
    }
    return measures;
  }

  /** Returns the measure of each column. */
  static double[] ofColumns(DoubleMatrix matrix) {
    Repetition counter = new Repetition(matrix.rows());
    double[] measures = new double[matrix.columns()];
    for (int j = 0; j < measures.length; j++) {
      measures[j] = counter.line(matrix.data(), j, matrix.columns(), matrix.rows()).mean();
    }
    return measures;
  }

  /** Returns the measure of all rows together, each compared only with itself. */
  static double withinRows(DoubleMatrix matrix) {
    Repetition counter = new Repetition(matrix.columns());
    Line all = new Line(0, 0);
    for (int i = 0; i < matrix.rows(); i++) {
      all = all.plus(counter.line(matrix.data(), i * matrix.columns(), 1, matrix.columns()));
    }
    return all.mean();
  }

  /** Returns the measure of all columns together, each compared only with itself. */
  static double withinColumns(DoubleMatrix matrix) {
    Repetition counter = new Repetition(matrix.rows());
    Line all = new Line(0, 0);
    for (int j = 0; j < matrix.columns(); j++) {
      all = all.plus(counter.line(matrix.data(), j, matrix.columns(), matrix.rows()));
    }
    return all.mean();
  }

  static double largest(double[] measures) {
    return Arrays.stream(measures).max().orElse(1);
  }

  private record Line(double squares, double values) {
    Line plus(Line other) {
      return new Line(squares + other.squares, values + other.values);
    }

    double mean() {
      return values == 0 ? 1 : squares / values;
    }
  }

  private Line line(double[] data, int from, int stride, int length) {
    generation++;
    double squares = 0;
    int values = 0;
    for (int i = 0; i < length; i++) {
      double value = data[from + i * stride];
      if (value != 0) {
        int before = count(Double.doubleToRawLongBits(value) & ~SIGN);
        squares += 2. * before + 1;
        values++;
      }
    }
    return new Line(squares, values);
  }

  /** Counts a key and returns how often it was counted before. */
  private int count(long key) {
    int slot = (int) ((key * SCRAMBLE) >>> shift);
    while (generations[slot] == generation && keys[slot] != key) {
      slot = slot + 1 == keys.length ? 0 : slot + 1;
    }
    if (generations[slot] != generation) {
      generations[slot] = generation;
      keys[slot] = key;
      counts[slot] = 0;
    }
    return counts[slot]++;
  }
}
