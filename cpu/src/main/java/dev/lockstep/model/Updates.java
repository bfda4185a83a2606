package dev.lockstep.model;

/**
 * Computes the numbers of a training's updates in each step, for all backends, so that they use
 * equal bits.
 *
 * <p>Let f(t) be the schedule's factor in step t, from 0. A rate is multiplied by f(t), or by f(t)
 * / (1 - b1^(t + 1)) if the rule corrects the bias of its moments. The quotient is computed in
 * binary64, with the powers as running products, and rounded once to binary32. Its product with the
 * rate is computed in binary32.
 *
 * <p>Not thread-safe. Asking for steps in ascending order is cheap.
 */
public final class Updates {

  private final Optimizer optimizer;
  private final float firstShare;
  private final float secondShare;
  private long steps;
  private double firstPower;
  private double secondPower;

  /** Creates the updates of an optimiser, starting at step 0. */
  public Updates(Optimizer optimizer) {
    this.optimizer = optimizer;
    firstShare = optimizer.rule().share(0);
    secondShare = optimizer.rule().share(1);
    restart();
  }

  /** Returns the update of a parameter, by name, in a step (from 0). */
  public Update update(String parameter, long step) {
    return update(optimizer.of(parameter), step);
  }

  /** Adapts a parameter's update to a step (from 0). */
  public Update update(Update tensor, long step) {
    return new Update(
        tensor.rule(), tensor.rate() * rateFactor(step), tensor.decay(), correction(step));
  }

  /** Returns the factor of all rates in a step (from 0). */
  public float rateFactor(long step) {
    goTo(step);
    return (float) (optimizer.schedule().factor(step) / (1 - firstPower));
  }

  /** Returns 1 / (1 - b2^(step + 1)) if the rule corrects bias, otherwise 1; steps from 0. */
  public float correction(long step) {
    goTo(step);
    return (float) (1 / (1 - secondPower));
  }

  private void restart() {
    steps = 0;
    firstPower = optimizer.rule().correctsBias() ? 1 : 0;
    secondPower = firstPower;
  }

  /** Advances the powers to exponent step + 1. Without bias correction they stay 0. */
  private void goTo(long step) {
    if (steps > step + 1) {
      restart();
    }
    for (; steps < step + 1; steps++) {
      firstPower *= firstShare;
      secondPower *= secondShare;
    }
  }
}
