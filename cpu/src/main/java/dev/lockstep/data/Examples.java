package dev.lockstep.data;

import java.util.Locale;

/**
 * Labelled rows.
 *
 * <p>The arrays are shared with the caller and not copied. {@link Dataset} checks their values,
 * because it knows how to name them in a fault.
 *
 * @param features row-major: rows x inputs
 * @param labels the class of each row
 * @param inputs the number of features of a row, at least 1
 */
public record Examples(float[] features, int[] labels, int inputs) {

  /** Throws IllegalArgumentException unless there is a row of features for each label. */
  public Examples {
    if (inputs < 1 || (long) labels.length * inputs != features.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d features are not %d rows of %d",
              features.length,
              labels.length,
              inputs));
    }
  }

  /** The number of rows. */
  public int rows() {
    return labels.length;
  }
}
