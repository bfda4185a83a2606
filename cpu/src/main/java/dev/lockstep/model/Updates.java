package dev.lockstep.model;

/**
 * The updates of a training, step by step. All their numbers come from here, so that every backend
 * computes with the same.
 *
 * <p>With f(t) the schedule's factor of step t, from 0, a rate is multiplied by f(t), or by f(t) /
 * (1 - b1^(t + 1)) if the rule corrects the bias of its moments: that quotient is computed in
 * binary64, the powers as running products, and rounded once; its product with the rate is one of
 * binary32.
 *
 * <p>For one thread; looking at steps in ascending order is cheap.
 */
public final class Updates {

  private final Optimizer optimizer;
  private final float firstShare;
  private final float secondShare;
  private long steps;
  private double firstPower;
  private double secondPower;

  /** The updates by an optimiser, from step 0 on. */
  public Updates(Optimizer optimizer) {
    this.optimizer = optimizer;
    firstShare = optimizer.rule().share(0);
    secondShare = optimizer.rule().share(1);
    restart();
  }

  /** That of a parameter, by its name, in a step. */
  public Update update(String parameter, long step) {
    return update(optimizer.of(parameter), step);
  }

  /** That of a tensor in a step, from its update before that is known. */
  public Update update(Update tensor, long step) {
    return new Update(
        tensor.rule(), tensor.rate() * rateFactor(step), tensor.decay(), correction(step));
  }

  /** What all rates are multiplied by in a step. */
  public float rateFactor(long step) {
    goTo(step);
    return (float) (optimizer.schedule().factor(step) / (1 - firstPower));
  }

  /** 1 / (1 - b2^t) in step t from 1 if the rule corrects the bias of its moments, otherwise 1. */
  public float correction(long step) {
    goTo(step);
    return (float) (1 / (1 - secondPower));
  }

  private void restart() {
    steps = 0;
    firstPower = optimizer.rule().correctsBias() ? 1 : 0;
    secondPower = firstPower;
  }

  /** The powers of t = step + 1; of a rule that corrects nothing they are 0. */
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
