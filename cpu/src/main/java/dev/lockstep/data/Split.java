package dev.lockstep.data;

import dev.lockstep.random.Shuffle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of one table are for testing: drawn from a seed; both parts stay in the table's order.
 *
 * @param train rows, ascending
 * @param test rows, ascending
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Split(int[] train, int[] test) {

  /**
   * The epoch whose order splits the rows: before the first of training, so that it is no other.
   */
  private static final long BEFORE_TRAINING = -1;

  /** The share of the rows that are for testing where nobody says. */
  private static final double USUAL_SHARE = 0.2;

  /**
   * Draws it.
   *
   * @param rows at least 2
   * @param testShare above 0 and below 1 (null: 0.2), rounded to whole rows, of which each part has
   *     one at least
   */
  static Split of(int rows, @Nullable Double testShare, long seed) {
    double share = testShare == null ? USUAL_SHARE : testShare;
    int testRows = (int) Math.clamp(Math.round(share * rows), 1, rows - 1);
    int[] order = Shuffle.permutation(seed, BEFORE_TRAINING, rows);
    int[] train = Arrays.copyOfRange(order, testRows, rows);
    int[] test = Arrays.copyOf(order, testRows);
    Arrays.sort(train);
    Arrays.sort(test);
    return new Split(train, test);
  }

  /** The rows to train on. */
  Examples train(Examples all) {
    return rows(all, train);
  }

  /** The rows to test on. */
  Examples test(Examples all) {
    return rows(all, test);
  }

  private static Examples rows(Examples all, int[] chosen) {
    int inputs = all.inputs();
    float[] features = new float[Math.multiplyExact(chosen.length, inputs)];
    int[] labels = new int[chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      System.arraycopy(all.features(), chosen[i] * inputs, features, i * inputs, inputs);
      labels[i] = all.labels()[chosen[i]];
    }
    return new Examples(features, labels, inputs);
  }
}
