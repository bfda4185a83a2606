package dev.lockstep.model;

import dev.lockstep.input.Labelled;

/**
 * What a hidden unit makes of its weighted input z. The output layer is always the identity.
 *
 * <p>To add one: a constant here, its line in the arithmetic page, and a case in every backend's
 * switch (the compiler finds them: the switches are exhaustive).
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

  private final String label;

  Activation(String label) {
    this.label = label;
  }

  /**
   * Whether the derivative is taken from z, which is kept beside a. GELU is not monotonic: two
   * inputs have one activation and different slopes.
   */
  public boolean keepsInput() {
    return this == GELU;
  }

  @Override
  public String label() {
    return label;
  }
}
