package dev.lockstep.model;

/**
 * What one tensor is updated with in one step, in binary32. For each parameter w with its gradient
 * g, and what the rule keeps of it:
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
 * @param rule which of them
 * @param rate times the schedule's factor, and for Adam divided by 1 - b1^t in step t from 1
 * @param decay 0 for none
 * @param epsilon of Adam
 * @param correction 1 / (1 - b2^t) for Adam
 */
public record Update(Rule rule, float rate, float decay, float epsilon, float correction) {

  /** w = fma(-rate, g, w). */
  public static Update sgd(float rate) {
    return new Update(new Rule.Sgd(), rate, 0, 0, 1);
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
