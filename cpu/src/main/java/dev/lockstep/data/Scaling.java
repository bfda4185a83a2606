package dev.lockstep.data;

import dev.lockstep.input.Labelled;

/**
 * How each feature of a table is scaled: by what it is in the training rows alone, in binary64,
 * sums in the order of the rows, rounded once to binary32. A feature that has one value there
 * becomes 0 there, and all its other values too.
 */
public enum Scaling implements Labelled {
  /** As it is. */
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
