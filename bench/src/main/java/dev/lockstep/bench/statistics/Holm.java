package dev.lockstep.bench.statistics;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Many tests at once, by S. Holm, A Simple Sequentially Rejective Multiple Test Procedure, Scand.
 * J. Statist. 6 (1979): whatever the tests have to do with each other, the chance that any true
 * hypothesis is rejected is at most the level.
 */
final class Holm {

  private Holm() {}

  /**
   * Adjusted p-values: a hypothesis is rejected at a level if its adjusted p-value is at most that
   * level.
   *
   * @param pValues one a hypothesis
   * @return in the same order
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
