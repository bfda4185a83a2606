package dev.lockstep.data;

import dev.lockstep.random.Shuffle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A split of one table's rows into rows for training and rows for testing, drawn from a seed.
 *
 * @param train rows, ascending
 * @param test rows, ascending
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Split(int[] train, int[] test) {

  /** The epoch whose shuffle splits the rows. No epoch of training has this number. */
  private static final long BEFORE_TRAINING = -1;

  /** The share of rows for testing if the user does not choose one. */
  private static final double USUAL_SHARE = 0.2;

  /**
   * Draws a split.
   *
   * @param rows at least 2
   * @param testShare above 0 and below 1 (null: 0.2); it is rounded to whole rows, at least one in
   *     each part
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

  /** The examples for training. */
  Examples train(Examples all) {
    return rows(all, train);
  }

  /** The examples for testing. */
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
