package dev.lockstep.agreement;

import dev.lockstep.model.Activation;

/** Activations of one number and their derivatives in binary64: what a sample is held against. */
final class ExactActivation {

  private ExactActivation() {}

  /** f(z). */
  static double value(Activation activation, double z) {
    return switch (activation) {
      case IDENTITY -> z;
      case RELU -> z <= 0 ? 0 : z;
      case LEAKY_RELU -> z > 0 ? z : Activation.LEAKY_SLOPE * z;
      case TANH -> Math.tanh(z);
      case SIGMOID -> 1 / (1 + Math.exp(-z));
    };
  }

  /** f'(z), from a = f(z). */
  static double slope(Activation activation, double a) {
    return switch (activation) {
      case IDENTITY -> 1;
      case RELU -> a <= 0 ? 0 : 1;
      case LEAKY_RELU -> a > 0 ? 1 : Activation.LEAKY_SLOPE;
      case TANH -> Math.fma(-a, a, 1);
      case SIGMOID -> a * (1 - a);
    };
  }
}
