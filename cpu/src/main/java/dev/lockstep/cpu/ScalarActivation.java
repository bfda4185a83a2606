package dev.lockstep.cpu;

import dev.lockstep.model.Activation;

/** Activations and their derivatives for single numbers, in canonical arithmetic. */
final class ScalarActivation {

  private ScalarActivation() {}

  /** Returns f(z). */
  static float value(Activation activation, float z) {
    return switch (activation) {
      case IDENTITY -> z;
      case RELU -> z <= 0 ? 0 : z;
      case LEAKY_RELU -> z > 0 ? z : Activation.LEAKY_SLOPE * z;
      case TANH -> Elementary.tanh(z);
      case SIGMOID -> Elementary.sigmoid(z);
      case GELU -> Elementary.gelu(z);
    };
  }

  /**
   * Returns up * f'(z).
   *
   * @param up the upstream gradient
   * @param kept z if the activation {@link Activation#keepsInput keeps its input}, else f(z)
   */
  static float derivative(Activation activation, float up, float kept) {
    return switch (activation) {
      case IDENTITY -> up;
      case RELU -> kept <= 0 ? 0 : up;
      case LEAKY_RELU -> kept > 0 ? up : Activation.LEAKY_SLOPE * up;
      case TANH -> up * Math.fma(-kept, kept, 1);
      case SIGMOID -> up * (kept * (1 - kept));
      case GELU -> up * Elementary.geluSlope(kept);
    };
  }
}
