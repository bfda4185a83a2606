package dev.lockstep.program;

/**
 * What an {@link Op.Elementwise} makes of its operands a, b and c, in this order, each step of it
 * rounded.
 *
 * @param constant k, of those that have one
 */
public record Formula(Kind kind, float constant) {

  /** The formulas. Their order is that of the codes in elementwise.cuh. */
  public enum Kind {
    /** a - b. */
    DIFFERENCE,
    /** a b. */
    PRODUCT,
    /** fma(a, b, c). */
    FMA,
    /** a k. */
    MULTIPLIED,
    /** a / k. */
    DIVIDED,
    /** 1 / sqrt(a + k) of an a that is not negative. */
    INVERSE_ROOT,
    /** fma(k, a - b, b): b, moved towards a. */
    APPROACHED
  }

  /** Without a constant. */
  static Formula of(Kind kind) {
    return new Formula(kind, 0);
  }
}
