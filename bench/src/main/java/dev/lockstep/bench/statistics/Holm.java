package dev.lockstep.bench.statistics;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Holm's correction for multiple tests: for any dependence between the tests, the probability that
 * a true hypothesis is rejected is at most the level (S. Holm, A Simple Sequentially Rejective
 * Multiple Test Procedure, Scand. J. Statist. 6 (1979)).
 */
final class Holm {

  private Holm() {}

  /**
   * Returns adjusted p-values: a hypothesis is rejected at a level if its adjusted p-value is at
   * most that level.
   *
   * @param pValues one per hypothesis, in any order, which the result keeps
   */
  static double[] adjusted(double[] pValues) {
    int n = pValues.length;
    int[] ascending =
        IntStream.range(0, n)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> pValues[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] adjusted = new double[n];
    double largest = 0;
    for (int i = 0; i < n; i++) {
      largest = Math.max(largest, Math.min(1, (n - i) * pValues[ascending[i]]));
      adjusted[ascending[i]] = largest;
    }
    return adjusted;
  }
}
