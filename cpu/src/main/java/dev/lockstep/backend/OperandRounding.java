package dev.lockstep.backend;

/**
 * What a backend does to the operands of a product before it multiplies them, and how well it adds:
 * how far its products may be from the true ones.
 *
 * <p>An operand x is replaced by one within {@code e max(|x|, 2^-126)} of it. A product of two of
 * them is exact in binary32 or wider, so a term is off by at most {@code 2 e + e^2} of itself. With
 * binary32 operands n terms are added in any order, each addition rounded to nearest, u = 2^-24: by
 * at most gamma(n) = n u / (1 - n u) of the sum of |a||b|.
 *
 * <p>Tensor cores add several terms at once, aligned to the largest of them and cut off, and cut
 * off the sum again: up to two errors of 2^-23 a term (Fasi, Higham, Mikaitis, Pranesh, "Numerical
 * behavior of NVIDIA tensor cores", PeerJ Computer Science 7, 2021). Hence their unit of 2^-22.
 */
public enum OperandRounding {
  /** Operands are those given; additions are rounded to nearest. */
  NONE(0, OperandRounding.U),
  /**
   * TF32 on tensor cores: 10 fraction bits. Neither CUDA nor cuBLAS promises rounding to nearest,
   * 2^-11, so this is what cutting off costs.
   */
  TF32(0x1p-10, 0x1p-22),
  /** bfloat16 on tensor cores: 7 fraction bits, rounded to nearest. */
  BFLOAT16(0x1p-8, 0x1p-22),
  /**
   * Everything in binary64, not only products. Bounds are those of binary32 times {@link #scale}:
   * every term of an a-priori bound is proportional to the unit roundoff, and where those that are
   * not (a sign that rounding may change) are cut down with the others, the bound is too strict in
   * no more than one of some 2^28 cases.
   */
  BINARY64(0, OperandRounding.U);

  /** Unit roundoff of binary32. */
  public static final double U = 0x1p-24;

  private final double error;
  private final double unit;

  OperandRounding(double error, double unit) {
    this.error = error;
    this.unit = unit;
  }

  /** The error of a product of two operands, relative to it: 2 e + e^2. */
  public double ofProduct() {
    return 2 * error + error * error;
  }

  /** The absolute error of an operand too small for a relative one, in bfloat16 too: e 2^-126. */
  public double ofSubnormal() {
    return error * Float.MIN_NORMAL;
  }

  /**
   * What a bound of binary32 is multiplied by: 1, or for binary64 2^-28, twice the ratio of the
   * units, since what it is held against is itself computed in binary64.
   */
  public double scale() {
    return this == BINARY64 ? 0x1p-28 : 1;
  }

  /** gamma(n): the error of adding n terms in any order, relative to the sum of magnitudes. */
  public double ofSum(int terms) {
    return terms * unit / (1 - terms * unit);
  }
}
