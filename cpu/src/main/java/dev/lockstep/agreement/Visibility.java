package dev.lockstep.agreement;

/**
 * The smallest relative error that would have been seen, had one result, whichever it is, been
 * multiplied by it as a whole. A new parameter counts as a whole, not as its change: its bound is
 * the rounding of its last operation.
 *
 * @param error the relative error; 0 if nothing was compared within bounds
 * @param tensor the result in which an error is hardest to see; empty if there is none
 */
public record Visibility(double error, String tensor) {
  /** What is seen where all is compared bit for bit. */
  public static final Visibility NONE = new Visibility(0, "");
}
