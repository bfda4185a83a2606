package dev.lockstep.agreement;

import java.util.Random;
import java.util.TreeSet;

/**
 * The number of rows and units in a sample. A sample takes the first, the last ones, and others at
 * random.
 *
 * <p>Kernels divide a matrix into tiles and treat incomplete tiles at its edges separately. The
 * last rows and units make sure that these are sampled.
 */
public enum SampleExtent {

  /** A few, because the operands are copied from elsewhere in every step. */
  GLANCE(4, 1, 5, 1),

  /** 64 x 64 = 4,096 elements of every product that is large enough. */
  THOROUGH(32, 16, 64, 48),

  /** Every element, for networks whose tensors are small enough to be copied whole. */
  ALL(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE);

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

  /** Chooses from {@code count} rows of a batch, in ascending order. */
  int[] ofRows(int count, Random random) {
    return choose(count, rows, lastRows, random);
  }

  /** Chooses from {@code count} units, or rows or columns of a product, in ascending order. */
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
