package dev.lockstep.random;

/**
 * The purpose of a draw. Draws of different streams never share a Philox counter.
 *
 * <p>The stream's number is the last word of the counter. It decides bits, so it never changes once
 * results have been published. A new stream takes the next free number.
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
  /** Operands of products that are exact, so that every order of summation gives the same bits. */
  EXACT_DATA(4),
  /** Operands of products that are timed. */
  OPERANDS(5),
  /** The noise that is added to the inputs of hidden units during training. */
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
