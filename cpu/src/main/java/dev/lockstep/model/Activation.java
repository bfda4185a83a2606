package dev.lockstep.model;

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
  /** a = tanh z; the derivative is taken from the stored a. */
  TANH("tanh");

  private final String label;

  Activation(String label) {
    this.label = label;
  }

  @Override
  public String label() {
    return label;
  }
}
