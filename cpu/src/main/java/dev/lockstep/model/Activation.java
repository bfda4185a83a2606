package dev.lockstep.model;

import dev.lockstep.input.Labelled;

/**
 * The activation function f of a hidden unit, applied to its weighted input z. The output layer
 * always uses the identity.
 *
 * <p>To add an activation, add a constant and its cases here, a line in the arithmetic page, a case
 * in the bounds, and one each in the scalar, vector and CUDA arithmetic. All switches are
 * exhaustive, so the compiler reports missing cases in Java. The constants have the same order as
 * the codes in activation.cuh.
 */
public enum Activation implements Labelled {
  /** a = z. */
  IDENTITY("identity"),
  /** a = z &lt;= 0 ? +0 : z; the derivative at 0 is 0; NaN propagates. */
  RELU("relu"),
  /**
   * a = z > 0 ? z : {@link #LEAKY_SLOPE} z; the derivative at 0 is that slope; NaN propagates
   * (Maas, Hannun and Ng, "Rectifier nonlinearities improve neural network acoustic models", ICML
   * 2013).
   */
  LEAKY_RELU("leaky-relu"),
  /** a = tanh z; the derivative is computed from the stored a. */
  TANH("tanh"),
  /** a = 1 / (1 + e^-z); the derivative a (1 - a) is computed from the stored a. */
  SIGMOID("sigmoid"),
  /**
   * a = z/2 (1 + tanh(sqrt(2/pi) (z + 0.044715 z^3))); the derivative is computed from the stored z
   * (Hendrycks and Gimpel, "Gaussian error linear units", 2016, section 2, the tanh approximation).
   */
  GELU("gelu");

  /** All labels, as shown in help. */
  public static final String LABELS = "identity, relu, leaky-relu, tanh, sigmoid, gelu";

  /** The slope of leaky ReLU for inputs that are not above zero. */
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
   * Returns whether the derivative is computed from z, which is then stored beside a. GELU needs z
   * because it is not monotonic: two inputs can have the same activation and different slopes.
   */
  public boolean keepsInput() {
    return switch (this) {
      case IDENTITY, RELU, LEAKY_RELU, TANH, SIGMOID -> false;
      case GELU -> true;
    };
  }

  /**
   * Returns whether CUDA product kernels can apply f to their sums. For the sigmoid and GELU the
   * larger tiles have no registers left.
   */
  public boolean fuses() {
    return switch (this) {
      case IDENTITY, RELU, LEAKY_RELU, TANH -> true;
      case SIGMOID, GELU -> false;
    };
  }

  /** Returns the usual random initialisation: He for rectifiers and GELU, Glorot for the others. */
  Initialization usualInitialization() {
    return switch (this) {
      case IDENTITY, TANH, SIGMOID ->
          new Initialization.Glorot(Initialization.Distribution.UNIFORM);
      case RELU, LEAKY_RELU, GELU -> new Initialization.He(Initialization.Distribution.NORMAL);
    };
  }

  /** Returns f(z), computed in binary64 with StrictMath. */
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
   * Returns up * f'(z), computed in binary64.
   *
   * @param up the upstream gradient
   * @param kept z if the activation {@link #keepsInput keeps its input}, else f(z)
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

  /** Returns the largest |f'|, rounded up. GELU reaches it at about 1.4185. */
  public double steepest() {
    return switch (this) {
      case IDENTITY, RELU, LEAKY_RELU, TANH -> 1;
      case SIGMOID -> 0.25;
      case GELU -> 1.13;
    };
  }

  /** Returns the length of the range of f: the largest difference between two activations. */
  public double span() {
    return switch (this) {
      case IDENTITY, RELU, LEAKY_RELU, GELU -> Double.POSITIVE_INFINITY;
      case TANH -> 2;
      case SIGMOID -> 1;
    };
  }

  /** Returns by how much f' jumps at z = 0. */
  public double jump() {
    return switch (this) {
      case IDENTITY, TANH, SIGMOID, GELU -> 0;
      case RELU -> 1;
      case LEAKY_RELU -> 1 - LEAKY_SLOPE;
    };
  }

  /** Returns GELU's h = tanh(z (c + k z^2)) with c = sqrt(2/pi) and k = 0.044715 c, in binary64. */
  public static double geluTanh(double z) {
    return StrictMath.tanh(z * Math.fma(GELU_CUBIC, geluSquare(z), GELU_LINEAR));
  }

  /** Returns the derivative of the argument of {@link #geluTanh}: c + 3 k z^2. */
  public static double geluArgumentSlope(double z) {
    return Math.fma(GELU_SLOPE, geluSquare(z), GELU_LINEAR);
  }

  /** Returns z^2, clamped where the tanh is 1 anyway, so that every finite z has a slope. */
  private static double geluSquare(double z) {
    return z * z > GELU_SQUARE ? GELU_SQUARE : z * z;
  }
}
