package dev.lockstep.backend;

import dev.lockstep.input.Labelled;
import java.util.Locale;

/**
 * What a backend does with numbers of a magnitude below 2^-126, the smallest normal one of
 * binary32.
 *
 * <p>Libraries set the processor to replace them by zero, for speed: results (FTZ) and operands
 * (DAZ).
 */
public enum Subnormals implements Labelled {
  /** It computes with them: an operation errs by at most half the smallest of them, 2^-149. */
  KEPT(Float.MIN_VALUE / 2.0, 0),
  /** It may take zero for a result or an operand that is one of them. */
  FLUSHED(Float.MIN_NORMAL, Float.MIN_NORMAL);

  private final double ofResult;
  private final double ofOperand;

  Subnormals(double ofResult, double ofOperand) {
    this.ofResult = ofResult;
    this.ofOperand = ofOperand;
  }

  /** What underflow adds to the error of an operation. */
  public double ofResult() {
    return ofResult;
  }

  /** How far an operand may be from the one that was given. */
  public double ofOperand() {
    return ofOperand;
  }

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
