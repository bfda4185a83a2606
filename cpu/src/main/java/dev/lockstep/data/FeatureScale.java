package dev.lockstep.data;

/**
 * How large the features of the rows to train on are, as far as training depends on it: with usual
 * initial weights and rates, units saturate or the loss overflows where features are far beyond 1,
 * and hardly move where all of them are far below.
 *
 * @param size what training makes of them
 * @param least smallest feature
 * @param largest largest feature
 */
public record FeatureScale(Size size, float least, float largest) {

  /** Beyond this root mean square a feature is large; a standardised one has 1. */
  private static final double LARGE = 2;

  /** If no feature has more than this root mean square, all are small. */
  private static final double SMALL = 0.02;

  /** What training makes of features. */
  public enum Size {
    /** About 1 in size. */
    USUAL,
    /** Large or small: scaling is advised. */
    UNSCALED,
    /** Each feature has one value in all rows: they tell no row from another. */
    CONSTANT
  }

  /** Looks at the rows to train on. */
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
