package dev.lockstep.model;

/**
 * The updates of a training, step by step. All their numbers come from here, so that every backend
 * computes with the same.
 *
 * <p>With f(t) the schedule's factor of step t, from 0, a rate is multiplied by f(t), for Adam by
 * f(t) / (1 - b1^(t + 1)): that quotient is computed in binary64, the powers as running products,
 * and rounded once; its product with the rate is one of binary32.
 *
 * <p>For one thread; looking at steps in ascending order is cheap.
 */
public final class Updates {

  private final Optimizer optimizer;
  private long steps;
  private double firstPower = 1;
  private double secondPower = 1;

  /** The updates by an optimiser, from step 0 on. */
  public Updates(Optimizer optimizer) {
    this.optimizer = optimizer;
  }

  /** That of a parameter, by its name, in a step. */
  public Update update(String parameter, long step) {
    return update(optimizer.of(parameter), step);
  }

  /** That of a tensor of these settings in a step. */
  public Update update(Optimizer.Settings settings, long step) {
    return new Update(
        optimizer.rule(),
        settings.rate() * rateFactor(step),
        settings.decay(),
        settings.epsilon(),
        correction(step));
  }

  /** What all rates are multiplied by in a step. */
  public float rateFactor(long step) {
    double factor = optimizer.schedule().factor(step);
    return switch (optimizer.rule()) {
      case Rule.Sgd _, Rule.Momentum _, Rule.Nesterov _ -> (float) factor;
      case Rule.Adam adam -> {
        goTo(adam, step);
        yield (float) (factor / (1 - firstPower));
      }
    };
  }

  /** 1 / (1 - b2^t) of a step for Adam, otherwise 1. */
  public float correction(long step) {
    return switch (optimizer.rule()) {
      case Rule.Sgd _, Rule.Momentum _, Rule.Nesterov _ -> 1;
      case Rule.Adam adam -> {
        goTo(adam, step);
        yield (float) (1 / (1 - secondPower));
      }
    };
  }

  /** The powers of t = step + 1. */
  private void goTo(Rule.Adam adam, long step) {
    if (steps > step + 1) {
      steps = 0;
      firstPower = 1;
      secondPower = 1;
    }
    for (; steps < step + 1; steps++) {
      firstPower *= adam.first();
      secondPower *= adam.second();
    }
  }
}
