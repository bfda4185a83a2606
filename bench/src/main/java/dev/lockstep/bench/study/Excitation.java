package dev.lockstep.bench.study;

import dev.lockstep.matrix.DoubleMatrix;
import java.util.BitSet;
import java.util.Comparator;
import java.util.stream.IntStream;

/** The rows that excite a unit most: the twentieth of all rows with the largest responses. */
final class Excitation {

  private static final int ONE_IN = 20;

  private Excitation() {}

  /** The number of such rows, at least 1. */
  static int most(int rows) {
    return Math.max(1, rows / ONE_IN);
  }

  /**
   * The share of these rows that two units have in common, averaged over all pairs of units.
   *
   * @param responses rows x units, with at least two units; among equal responses, earlier rows
   *     rank higher
   */
  static double meanOverlap(DoubleMatrix responses) {
    int units = responses.columns();
    int most = most(responses.rows());
    BitSet[] rows = new BitSet[units];
    for (int j = 0; j < units; j++) {
      rows[j] = mostExciting(responses, j, most);
    }
    long common = 0;
    for (int i = 0; i < units; i++) {
      for (int j = 0; j < i; j++) {
        BitSet both = (BitSet) rows[i].clone();
        both.and(rows[j]);
        common += both.cardinality();
      }
    }
    return common / (most * (units * (units - 1.0) / 2));
  }

  private static BitSet mostExciting(DoubleMatrix responses, int unit, int most) {
    BitSet rows = new BitSet(responses.rows());
    IntStream.range(0, responses.rows())
        .boxed()
        .sorted(Comparator.comparing(row -> -responses.data()[row * responses.columns() + unit]))
        .limit(most)
        .forEach(rows::set);
    return rows;
  }
}
