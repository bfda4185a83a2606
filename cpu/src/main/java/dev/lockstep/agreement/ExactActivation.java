package dev.lockstep.agreement;

import dev.lockstep.model.Activation;

/** Activations of one number and their derivatives in binary64: what a sample is held against. */
final class ExactActivation {

  private static final double GELU_LINEAR = Math.sqrt(2 / Math.PI);
  private static final double GELU_CUBIC = 0.044715;

  /** From here on h is one, and 1 - h^2 is zero, in binary64 too. */
  private static final double GELU_SATURATED = 10;

  private ExactActivation() {}

  /** f(z). */
  static double value(Activation activation, double z) {
    return switch (activation) {
      case IDENTITY -> z;
      case RELU -> z <= 0 ? 0 : z;
      case LEAKY_RELU -> z > 0 ? z : Activation.LEAKY_SLOPE * z;
      case TANH -> Math.tanh(z);
      case SIGMOID -> 1 / (1 + Math.exp(-z));
      case GELU -> z / 2 * (1 + geluTanh(z));
    };
  }

  /**
   * f'(z).
   *
   * @param kept z of an activation that {@link Activation#keepsInput keeps its input}, else f(z)
   */
  static double slope(Activation activation, double kept) {
    return switch (activation) {
      case IDENTITY -> 1;
      case RELU -> kept <= 0 ? 0 : 1;
      case LEAKY_RELU -> kept > 0 ? 1 : Activation.LEAKY_SLOPE;
      case TANH -> Math.fma(-kept, kept, 1);
      case SIGMOID -> kept * (1 - kept);
      case GELU -> {
        double h = geluTanh(kept);
        yield (1 + h) / 2 + kept / 2 * (1 - h * h) * geluArgumentSlope(kept);
      }
    };
  }

  /** h of GELU: tanh(c (z + 0.044715 z^3)) with c = sqrt(2/pi). */
  static double geluTanh(double z) {
    double capped = Math.clamp(z, -GELU_SATURATED, GELU_SATURATED);
    return Math.tanh(GELU_LINEAR * (capped + GELU_CUBIC * capped * capped * capped));
  }

  /** The slope of what h is the tanh of, at most at which h is not yet one. */
  static double geluArgumentSlope(double z) {
    double capped = Math.clamp(z, -GELU_SATURATED, GELU_SATURATED);
    return GELU_LINEAR * (1 + 3 * GELU_CUBIC * capped * capped);
  }
}
