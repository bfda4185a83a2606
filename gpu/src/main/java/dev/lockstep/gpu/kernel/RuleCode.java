package dev.lockstep.gpu.kernel;

import dev.lockstep.model.Rule;

/**
 * A rule as the kernel of {@code update.cuh} is told of it.
 *
 * @param code its {@code RuleCode}
 * @param a factor of momentum, or the first beta of Adam; 0 if it has none
 * @param b the second beta of Adam; 0 if it has none
 */
record RuleCode(int code, float a, float b) {

  static RuleCode of(Rule rule) {
    return switch (rule) {
      case Rule.Sgd() -> new RuleCode(0, 0, 0);
      case Rule.Momentum(float factor) -> new RuleCode(1, factor, 0);
      case Rule.Nesterov(float factor) -> new RuleCode(2, factor, 0);
      case Rule.Adam(float first, float second, float _) -> new RuleCode(3, first, second);
    };
  }
}
