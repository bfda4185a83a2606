package dev.lockstep.backend;

import dev.lockstep.input.Labelled;
import java.util.Locale;

/**
 * How a backend treats numbers of magnitude below 2^-126, the smallest normal binary32 number.
 *
 * <p>Libraries may set the processor to replace them by zero for speed, both as results (FTZ) and
 * as operands (DAZ).
 */
public enum Subnormals implements Labelled {
  /** Subnormals are kept: underflow costs an operation at most half of the smallest one, 2^-149. */
  KEPT(Float.MIN_VALUE / 2.0, 0),
  /** A subnormal result or operand may be replaced by zero. */
  FLUSHED(Float.MIN_NORMAL, Float.MIN_NORMAL);

  private final double ofResult;
  private final double ofOperand;

  Subnormals(double ofResult, double ofOperand) {
    this.ofResult = ofResult;
    this.ofOperand = ofOperand;
  }

  /** Returns the largest absolute error that underflow adds to the result of an operation. */
  public double ofResult() {
    return ofResult;
  }

  /** Returns the largest absolute error that flushing adds to an operand. */
  public double ofOperand() {
    return ofOperand;
  }

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
