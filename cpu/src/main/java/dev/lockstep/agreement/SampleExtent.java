package dev.lockstep.agreement;

import java.util.Random;
import java.util.TreeSet;

/**
 * How many rows and units a sample takes: the first, the last ones, and others by chance.
 *
 * <p>Kernels cut a matrix into tiles and treat what is left at its edges apart; the last ones are
 * there so that the rest of every tile is looked at.
 */
public enum SampleExtent {

  /** Few, for operands that are copied from elsewhere once a step. */
  GLANCE(4, 1, 5, 1),

  /** 64 x 64 = 4,096 elements of every product that has so many. */
  THOROUGH(32, 16, 64, 48);

  private final int rows;
  private final int lastRows;
  private final int units;
  private final int lastUnits;

  SampleExtent(int rows, int lastRows, int units, int lastUnits) {
    this.rows = rows;
    this.lastRows = lastRows;
    this.units = units;
    this.lastUnits = lastUnits;
  }

  /** Rows of a batch, of so many; ascending. */
  int[] ofRows(int count, Random random) {
    return choose(count, rows, lastRows, random);
  }

  /** Units of a layer, or rows or columns of a product, of so many; ascending. */
  int[] ofUnits(int count, Random random) {
    return choose(count, units, lastUnits, random);
  }

  private static int[] choose(int count, int most, int last, Random random) {
    TreeSet<Integer> chosen = new TreeSet<>();
    chosen.add(0);
    for (int i = Math.max(0, count - last); i < count; i++) {
      chosen.add(i);
    }
    while (chosen.size() < Math.min(most, count)) {
      chosen.add(random.nextInt(count));
    }
    return chosen.stream().mapToInt(Integer::intValue).toArray();
  }
}
