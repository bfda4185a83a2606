package dev.lockstep.random;

/**
 * What a draw is for: draws of different streams never share a Philox counter.
 *
 * <p>The number is the last word of the counter, so it decides bits and never changes once results
 * have been published. A new stream takes the next free number.
 */
public enum Stream {
  /** Initial weights. */
  WEIGHTS(0),
  /** Perturbations added to initial weights. */
  NOISE(1),
  /** The order of the training rows, see {@link Shuffle}. */
  SHUFFLE(2),
  /** Features and weights of the synthetic teacher data. */
  TEACHER(3),
  /** Operands of products whose bits no order of summation changes. */
  EXACT_DATA(4),
  /** Operands of products that are timed. */
  OPERANDS(5),
  /** What is added to the inputs of hidden units while they are trained. */
  UNIT_NOISE(6);

  private final int number;

  Stream(int number) {
    this.number = number;
  }

  /** The last word of the Philox counter. */
  public int number() {
    return number;
  }
}
