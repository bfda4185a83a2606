package dev.lockstep.model;

import dev.lockstep.input.Labelled;

/**
 * The loss that training minimises, averaged over the rows of a batch. In the formulas, z are the
 * outputs of the last, linear layer; y is 1 for the label's output and 0 for the others.
 *
 * <p>To add one, add a constant here, a line in the arithmetic page, and a case in every backend's
 * switch, where the compiler asks for it.
 */
public enum Loss implements Labelled {
  /** Softmax cross-entropy, log(sum exp(z - max)) - (z_label - max). */
  CROSS_ENTROPY("cross-entropy"),
  /** Half the squared distance, sum of (z - y)^2 / 2. */
  SQUARED_ERROR("squared-error");

  /** All labels, as shown in help. */
  public static final String LABELS = "cross-entropy, squared-error";

  private final String label;

  Loss(String label) {
    this.label = label;
  }

  @Override
  public String label() {
    return label;
  }
}
