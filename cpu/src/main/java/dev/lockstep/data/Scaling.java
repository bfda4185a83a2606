package dev.lockstep.data;

import dev.lockstep.input.Labelled;

/**
 * How each feature of a table is scaled. The training rows alone decide the scale. It is computed
 * in binary64 with sums in the order of the rows, and scaled values are rounded once to binary32. A
 * feature with one value in all training rows becomes 0 in all rows.
 */
public enum Scaling implements Labelled {
  /** Features stay as they are. */
  NONE("none"),
  /** (x - least) / (largest - least): 0 to 1. */
  MINMAX("minmax"),
  /** (x - mean) / standard deviation over all training rows: mean 0 and variance 1. */
  STANDARD("standard");

  private final String label;

  Scaling(String label) {
    this.label = label;
  }

  @Override
  public String label() {
    return label;
  }

  /**
   * Scales every feature in place.
   *
   * @param train rows x inputs, at least one row
   * @param test rows x inputs
   */
  void apply(float[] train, float[] test, int inputs) {
    if (this == NONE) {
      return;
    }
    for (int feature = 0; feature < inputs; feature++) {
      Line line = of(train, inputs, feature);
      line.apply(train, inputs, feature);
      line.apply(test, inputs, feature);
    }
  }

  private Line of(float[] train, int inputs, int feature) {
    int rows = train.length / inputs;
    double least = train[feature];
    double largest = train[feature];
    double sum = 0;
    for (int i = feature; i < train.length; i += inputs) {
      least = train[i] < least ? train[i] : least;
      largest = train[i] > largest ? train[i] : largest;
      sum += train[i];
    }
    double mean = sum / rows;
    double squares = 0;
    for (int i = feature; i < train.length; i += inputs) {
      squares += (train[i] - mean) * (train[i] - mean);
    }
    if (least == largest) {
      return new Line(least, Double.POSITIVE_INFINITY);
    }
    return this == MINMAX
        ? new Line(least, largest - least)
        : new Line(mean, Math.sqrt(squares / rows));
  }

  /** x becomes (x - from) / unit. */
  private record Line(double from, double unit) {
    void apply(float[] values, int inputs, int feature) {
      for (int i = feature; i < values.length; i += inputs) {
        values[i] = (float) ((values[i] - from) / unit);
      }
    }
  }
}
