package dev.lockstep.model;

/**
 * The numbers of one parameter's update, in binary32. For each element w with gradient g and
 * moments v, or m and v, the rules compute:
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
 * where o1 and o2 are 1 - b1 and 1 - b2, rounded once to binary32.
 *
 * @param rule the rule, with this parameter's epsilon
 * @param rate the learning rate; in a step, multiplied by {@link Updates#rateFactor}
 * @param decay weight decay: {@code decay * w} is added to g before the rule is applied; 0 for none
 * @param correction bias correction of v: in a step {@link Updates#correction}, otherwise 1
 */
public record Update(Rule rule, float rate, float decay, float correction) {

  /** Creates an update that is not yet adapted to a step. */
  public Update(Rule rule, float rate, float decay) {
    this(rule, rate, decay, 1);
  }

  /** Returns the update of plain gradient descent, w = fma(-rate, g, w). */
  public static Update sgd(float rate) {
    return new Update(new Rule.Sgd(), rate, 0);
  }

  /** Returns whether the update is w = fma(-rate, g, w). */
  public boolean isPlain() {
    return rule instanceof Rule.Sgd && decay == 0;
  }

  /** Returns 1 - b, rounded once to binary32. */
  public static float rest(float b) {
    return (float) (1 - (double) b);
  }
}
