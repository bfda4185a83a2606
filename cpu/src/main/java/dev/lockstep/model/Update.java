package dev.lockstep.model;

/**
 * What one tensor is updated with, in binary32. For each parameter w with its gradient g, and what
 * the rule keeps of it:
 *
 * <pre>
 * decay      g = fma(decay, w, g), unless decay is 0
 * sgd        w = fma(-rate, g, w)
 * momentum   v = fma(factor, v, g); w = fma(-rate, v, w)
 * nesterov   v = fma(factor, v, g); w = fma(-rate, fma(factor, v, g), w)
 * adam       m = fma(b1, m, o1 g); v = fma(b2, v, o2 (g g));
 *            w = fma(-rate, m / (sqrt(v correction) + epsilon), w)
 * </pre>
 *
 * with o = 1 - b, rounded once.
 *
 * @param rule which of them, with the tensor's own epsilon
 * @param rate in a step: times {@link Updates#rateFactor}
 * @param decay added to the gradient, times the parameter, before the rule sees it; 0 for none
 * @param correction in a step: {@link Updates#correction}; otherwise 1
 */
public record Update(Rule rule, float rate, float decay, float correction) {

  /** An update before it is known of which step. */
  public Update(Rule rule, float rate, float decay) {
    this(rule, rate, decay, 1);
  }

  /** w = fma(-rate, g, w). */
  public static Update sgd(float rate) {
    return new Update(new Rule.Sgd(), rate, 0);
  }

  /** Whether it is w = fma(-rate, g, w). */
  public boolean isPlain() {
    return rule instanceof Rule.Sgd && decay == 0;
  }

  /** 1 - b in binary32. */
  public static float rest(float b) {
    return (float) (1 - (double) b);
  }
}
