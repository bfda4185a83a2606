package dev.lockstep.bench.cells;

import dev.lockstep.input.Labelled;
import dev.lockstep.model.Learning;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Schedule;
import java.util.function.IntFunction;

/**
 * The optimisers of cells. Together they cover every update rule, every schedule and weight decay.
 */
public enum CellOptimizer implements Labelled {
  /** Plain gradient descent. */
  SGD(new Rule.Sgd(), _ -> new Schedule.Constant(), 0, 1),
  /** Momentum 0.9, rates halved after half the steps. */
  MOMENTUM(
      new Rule.Momentum(0.9f),
      steps -> new Schedule.Stairs(Math.max(1, steps / 2), 0.5),
      0,
      1 - 0.9f),
  /** Nesterov momentum 0.9 with weight decay; rates fall to zero along a cosine. */
  NESTEROV(
      new Rule.Nesterov(0.9f),
      steps -> new Schedule.Cosine(Math.max(1, steps)),
      1e-4,
      2 * (1 - 0.9f)),
  /**
   * Adam with weight decay. The length of its steps depends on the rate and not on the size of the
   * gradients.
   */
  ADAM(Rule.parse("check", "adam"), _ -> new Schedule.Constant(), 1e-4, 0.05);

  /** All labels, for help texts. */
  public static final String LABELS = "sgd, momentum, nesterov, adam";

  private final Rule rule;
  private final IntFunction<Schedule> schedule;
  private final double decay;
  private final double gain;

  /**
   * @param schedule makes the schedule for a number of steps
   * @param gain factor on the rate of plain descent with which this optimiser moves a network about
   *     as far
   */
  CellOptimizer(Rule rule, IntFunction<Schedule> schedule, double decay, double gain) {
    this.rule = rule;
    this.schedule = schedule;
    this.decay = decay;
    this.gain = gain;
  }

  @Override
  public String label() {
    return rule.kind().label();
  }

  /**
   * Returns whether the length of a step does not depend on the size of the gradients, so that
   * batches of one row need no smaller rate.
   */
  boolean isScaleFree() {
    return rule.isScaleFree();
  }

  /** How rates depend on the layer. */
  enum Rates {
    /** One rate for all parameters. */
    UNIFORM,
    /** Rates with which equal units move like the one unit of the quotient network. */
    QUOTIENT
  }

  /**
   * Returns this optimiser at rates that move the network about as far as plain descent at {@code
   * rate}.
   *
   * @param steps number of steps of the cell
   */
  Learning learning(Rates rates, double rate, int steps) {
    LearningRate scaled =
        switch (rates) {
          case UNIFORM -> new LearningRate.Uniform(rate * gain);
          case QUOTIENT -> new LearningRate.Quotient(rate * gain);
        };
    return new Learning(scaled, rule, schedule.apply(steps), decay);
  }
}
