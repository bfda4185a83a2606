package dev.lockstep.backend;

/**
 * How a backend rounds the operands of a product and its sums. This bounds the error of its
 * products.
 *
 * <p>An operand x is replaced by a number within {@code e max(|x|, 2^-126)} of it. The product of
 * two rounded operands is exact in binary32 or wider, so the relative error of a term is at most
 * {@code 2 e + e^2}. If n terms are added in any order and each addition is rounded to nearest in
 * binary32, u = 2^-24, the error of the sum is at most gamma(n) = n u / (1 - n u) times the sum of
 * |a||b|.
 *
 * <p>Tensor cores add several terms at once: they align them to the largest, truncate them, and
 * truncate the sum again. That gives up to two errors of 2^-23 per term, hence their unit of 2^-22
 * (Fasi, Higham, Mikaitis, Pranesh, "Numerical behavior of NVIDIA tensor cores", PeerJ Computer
 * Science 7, 2021).
 */
public enum OperandRounding {
  /** Operands are not rounded; additions are rounded to nearest. */
  NONE(0, 0, OperandRounding.U),
  /**
   * TF32 on tensor cores: 10 fraction bits. CUDA and cuBLAS do not promise rounding to nearest,
   * whose error is 2^-11, so this is the error of truncation.
   */
  TF32(0x1p-10, 0x1p-10, 0x1p-22),
  /** bfloat16 on tensor cores: 7 fraction bits, rounded to nearest. */
  BFLOAT16(0x1p-8, 0, 0x1p-22),
  /**
   * Everything is computed in binary64, not only products. Bounds are those of binary32 times
   * {@link #scale}, because the terms of an a-priori bound are proportional to the unit roundoff.
   * The exception is a sign that rounding may change: scaling that term makes the bound too strict
   * in about one of 2^28 cases at most.
   */
  BINARY64(0, 0, OperandRounding.U);

  /** Unit roundoff of binary32. */
  public static final double U = 0x1p-24;

  private final double error;
  private final double truncation;
  private final double unit;

  OperandRounding(double error, double truncation, double unit) {
    this.error = error;
    this.truncation = truncation;
    this.unit = unit;
  }

  /** Returns e, the largest relative error of a rounded operand. */
  public double ofOperand() {
    return error;
  }

  /** Returns how far, relatively, truncation may move every operand towards zero. */
  public double ofTruncation() {
    return truncation;
  }

  /** Returns the largest relative error of one addition. */
  public double ofAddition() {
    return unit;
  }

  /** Returns whether additions may be truncated, so that their errors have one sign. */
  public boolean truncatesSums() {
    return unit > U;
  }

  /** Returns the relative error of the product of two rounded operands: 2 e + e^2. */
  public double ofProduct() {
    return 2 * error + error * error;
  }

  /** Returns the absolute error of rounding a subnormal operand: e 2^-126. */
  public double ofSubnormal() {
    return error * Float.MIN_NORMAL;
  }

  /**
   * Returns the factor of a binary32 bound: 1, or 2^-28 for binary64. 2^-28 is twice the ratio of
   * the unit roundoffs, because the reference is computed in binary64, too.
   */
  public double scale() {
    return this == BINARY64 ? 0x1p-28 : 1;
  }

  /** Returns gamma(n), the error of a sum in any order relative to the sum of magnitudes. */
  public double ofSum(int terms) {
    return terms * unit / (1 - terms * unit);
  }
}
