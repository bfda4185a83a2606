package dev.lockstep.model;

import dev.lockstep.input.Labelled;

/**
 * What a hidden unit makes of its weighted input z. The output layer is always the identity.
 *
 * <p>To add one: a constant and its cases here, its line in the arithmetic page, a case in the
 * bounds, and one in the scalar, vector and CUDA arithmetic. The compiler finds those in Java,
 * since all switches are exhaustive. The order of the constants is that of the codes in
 * activation.cuh.
 */
public enum Activation implements Labelled {
  /** a = z. */
  IDENTITY("identity"),
  /** a = z <= 0 ? +0 : z; derivative 0 at 0; NaN passes. */
  RELU("relu"),
  /**
   * a = z > 0 ? z : {@link #LEAKY_SLOPE} z; derivative likewise, the slope at 0; NaN passes (Maas,
   * Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic models", ICML 2013).
   */
  LEAKY_RELU("leaky-relu"),
  /** a = tanh z; the derivative is taken from the stored a. */
  TANH("tanh"),
  /** a = 1 / (1 + e^-z); the derivative a (1 - a) is taken from the stored a. */
  SIGMOID("sigmoid"),
  /**
   * a = z/2 (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3))); the derivative is taken from the stored z
   * (Hendrycks and Gimpel, "Gaussian error linear units", 2016, section 2: the tanh form).
   */
  GELU("gelu");

  /** All labels, as help has them. */
  public static final String LABELS = "identity, relu, leaky-relu, tanh, sigmoid, gelu";

  /** What a leaky ReLU leaves of a number that is not above zero. */
  public static final float LEAKY_SLOPE = 0.01f;

  private static final double GELU_LINEAR = Math.sqrt(2 / Math.PI);
  private static final double GELU_CUBIC = 0.044715 * GELU_LINEAR;
  private static final double GELU_SLOPE = 3 * 0.044715 * GELU_LINEAR;
  private static final double GELU_SQUARE = 400;

  private final String label;

  Activation(String label) {
    this.label = label;
  }

  @Override
  public String label() {
    return label;
  }

  /**
   * Whether the derivative is taken from z, which is kept beside a. GELU is not monotonic: two
   * inputs have one activation and different slopes.
   */
  public boolean keepsInput() {
    return switch (this) {
      case IDENTITY, RELU, LEAKY_RELU, TANH, SIGMOID -> false;
      case GELU -> true;
    };
  }

  /**
   * Whether a device's product can compute f of its sums: for the sigmoid and GELU the larger tiles
   * have no registers left.
   */
  public boolean fuses() {
    return switch (this) {
      case IDENTITY, RELU, LEAKY_RELU, TANH -> true;
      case SIGMOID, GELU -> false;
    };
  }

  /** The random initialisation that is usual: He for rectifiers, Glorot for the others. */
  Initialization usualInitialization() {
    return switch (this) {
      case IDENTITY, TANH, SIGMOID ->
          new Initialization.Glorot(Initialization.Distribution.UNIFORM);
      case RELU, LEAKY_RELU, GELU -> new Initialization.He(Initialization.Distribution.NORMAL);
    };
  }

  /** f(z) in binary64, with StrictMath. */
  public double value(double z) {
    return switch (this) {
      case IDENTITY -> z;
      case RELU -> z <= 0 ? 0 : z;
      case LEAKY_RELU -> z > 0 ? z : LEAKY_SLOPE * z;
      case TANH -> StrictMath.tanh(z);
      case SIGMOID -> 1 / (1 + StrictMath.exp(-z));
      case GELU -> z / 2 * (1 + geluTanh(z));
    };
  }

  /**
   * up f'(z) in binary64.
   *
   * @param kept z of an activation that {@link #keepsInput keeps its input}, else f(z)
   */
  public double derivative(double up, double kept) {
    return switch (this) {
      case IDENTITY -> up;
      case RELU -> kept <= 0 ? 0 : up;
      case LEAKY_RELU -> kept > 0 ? up : LEAKY_SLOPE * up;
      case TANH -> up * Math.fma(-kept, kept, 1);
      case SIGMOID -> up * (kept * (1 - kept));
      case GELU -> {
        double h = geluTanh(kept);
        double bell = kept / 2 * Math.fma(-h, h, 1);
        yield up * Math.fma(bell, geluArgumentSlope(kept), (1 + h) / 2);
      }
    };
  }

  /** The steepest slope there is, rounded up; GELU's is at about 1.4185. */
  public double steepest() {
    return switch (this) {
      case IDENTITY, RELU, LEAKY_RELU, TANH -> 1;
      case SIGMOID -> 0.25;
      case GELU -> 1.13;
    };
  }

  /** By how much two activations differ at most. */
  public double span() {
    return switch (this) {
      case IDENTITY, RELU, LEAKY_RELU, GELU -> Double.POSITIVE_INFINITY;
      case TANH -> 2;
      case SIGMOID -> 1;
    };
  }

  /** By how much the slope jumps where z turns its sign. */
  public double jump() {
    return switch (this) {
      case IDENTITY, TANH, SIGMOID, GELU -> 0;
      case RELU -> 1;
      case LEAKY_RELU -> 1 - LEAKY_SLOPE;
    };
  }

  /** h of GELU: the tanh of z (c + k z^2) with c = sqrt(2/pi) and k = 0.044715 c, in binary64. */
  public static double geluTanh(double z) {
    return StrictMath.tanh(z * Math.fma(GELU_CUBIC, geluSquare(z), GELU_LINEAR));
  }

  /** The slope of what h is the tanh of: c + 3 k z^2. */
  public static double geluArgumentSlope(double z) {
    return Math.fma(GELU_SLOPE, geluSquare(z), GELU_LINEAR);
  }

  /** The square is cut off where the tanh is one anyway, so that every finite z has a slope. */
  private static double geluSquare(double z) {
    return z * z > GELU_SQUARE ? GELU_SQUARE : z * z;
  }
}
