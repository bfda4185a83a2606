package dev.lockstep.program;

/**
 * A formula of an {@link Op.Elementwise} with operands a, b and c. Every operation is rounded.
 *
 * @param constant k; 0 in formulas without a constant
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

  /** Returns a formula without a constant. */
  static Formula of(Kind kind) {
    return new Formula(kind, 0);
  }

  /** Computes the formula in binary32. Operands that it does not have are ignored. */
  public float apply(float a, float b, float c) {
    return switch (kind) {
      case DIFFERENCE -> a - b;
      case PRODUCT -> a * b;
      case FMA -> Math.fma(a, b, c);
      case MULTIPLIED -> a * constant;
      case DIVIDED -> a / constant;
      case INVERSE_ROOT -> 1 / (float) Math.sqrt(a + constant);
      case APPROACHED -> Math.fma(constant, a - b, b);
    };
  }

  /** Computes the formula in binary64. Operands that it does not have are ignored. */
  public double apply(double a, double b, double c) {
    return switch (kind) {
      case DIFFERENCE -> a - b;
      case PRODUCT -> a * b;
      case FMA -> Math.fma(a, b, c);
      case MULTIPLIED -> a * constant;
      case DIVIDED -> a / constant;
      case INVERSE_ROOT -> 1 / Math.sqrt(a + constant);
      case APPROACHED -> Math.fma(constant, a - b, b);
    };
  }
}
