package dev.lockstep.backend;

/**
 * What a library does to the operands of a product before it multiplies them. The products of the
 * rounded operands are exact in binary32, so this adds 2 e + e^2 relative to each term, where e is
 * the error of an operand.
 */
public enum OperandRounding {
  /** Operands are binary32. */
  NONE(0),
  /** TF32, 10 fraction bits, rounded or truncated. */
  TF32(0x1p-10),
  /** bfloat16, 7 fraction bits, rounded or truncated. */
  BFLOAT16(0x1p-7);

  private final double error;

  OperandRounding(double error) {
    this.error = error;
  }

  /** The error of a product of two operands, relative to it. */
  double ofProduct() {
    return 2 * error + error * error;
  }
}
