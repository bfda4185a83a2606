package dev.lockstep.data;

import dev.lockstep.input.InputException;
import java.util.Locale;

/**
 * The examples that a network is trained and tested on.
 *
 * @param name where the data comes from; faults name it
 * @param inputs the number of features of a row
 * @param classes the number of classes, at least 2; labels are 0 to classes - 1
 * @param train at least one row for training
 * @param test at least one row for measuring accuracy
 */
public record Dataset(String name, int inputs, int classes, Examples train, Examples test) {

  /**
   * Checks every label and feature.
   *
   * @throws InputException if counts disagree, a label is no class or a feature is not finite
   */
  public Dataset {
    if (classes < 2) {
      throw new InputException(name, "number of classes", classes, "expected at least 2");
    }
    check(name, "train", inputs, classes, train);
    check(name, "test", inputs, classes, test);
  }

  private static void check(String name, String part, int inputs, int classes, Examples examples) {
    if (examples.inputs() != inputs) {
      throw new InputException(
          name, "number of inputs of a " + part + " row", examples.inputs(), "expected " + inputs);
    }
    if (examples.rows() == 0) {
      throw new InputException(name, "number of " + part + " rows", 0, "expected at least 1");
    }
    int[] labels = examples.labels();
    for (int row = 0; row < labels.length; row++) {
      if (labels[row] < 0 || labels[row] >= classes) {
        throw new InputException(
            name,
            String.format(Locale.ROOT, "label of %s row %d", part, row),
            labels[row],
            "expected 0 to " + (classes - 1));
      }
    }
    float[] features = examples.features();
    for (int i = 0; i < features.length; i++) {
      if (!Float.isFinite(features[i])) {
        throw new InputException(
            name,
            String.format(Locale.ROOT, "feature %d of %s row %d", i % inputs, part, i / inputs),
            features[i],
            "expected a finite number");
      }
    }
  }
}
