package dev.lockstep.data;

/**
 * The size of the features in the training rows. With usual initial weights and learning rates,
 * units saturate or the loss overflows if features are far above 1, and training hardly moves if
 * all features are far below 1.
 *
 * @param size whether training works with features of this size
 * @param least the smallest feature
 * @param largest the largest feature
 */
public record FeatureScale(Size size, float least, float largest) {

  /** A feature with a larger root mean square is large; a standardised feature has 1. */
  private static final double LARGE = 2;

  /** All features are small if none has a larger root mean square. */
  private static final double SMALL = 0.02;

  /** Whether training works with features of a size. */
  public enum Size {
    /** About 1 in size. */
    USUAL,
    /** Large or small: scaling is advised. */
    UNSCALED,
    /** Each feature has one value in all rows, so that all rows are equal. */
    CONSTANT
  }

  /** Measures the features of the training rows. */
  public static FeatureScale of(Dataset data) {
    float[] features = data.train().features();
    int inputs = data.inputs();
    double[] squares = new double[inputs];
    float least = features[0];
    float largest = features[0];
    boolean constant = true;
    for (int i = 0; i < features.length; i++) {
      squares[i % inputs] += (double) features[i] * features[i];
      least = Math.min(least, features[i]);
      largest = Math.max(largest, features[i]);
      constant &= features[i] == features[i % inputs];
    }
    double most = 0;
    for (double sum : squares) {
      most = Math.max(most, Math.sqrt(sum / data.train().rows()));
    }
    Size size =
        constant ? Size.CONSTANT : most > LARGE || most < SMALL ? Size.UNSCALED : Size.USUAL;
    return new FeatureScale(size, least, largest);
  }
}
