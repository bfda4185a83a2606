package dev.lockstep.bench.cells;

import dev.lockstep.input.Labelled;
import dev.lockstep.model.Learning;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Schedule;
import java.util.function.IntFunction;

/**
 * How a cell's gradients become new parameters: between them these have every rule and schedule,
 * and weights that decay.
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
  /** Nesterov's momentum 0.9 with weight decay, rates down to zero along a cosine. */
  NESTEROV(
      new Rule.Nesterov(0.9f),
      steps -> new Schedule.Cosine(Math.max(1, steps)),
      1e-4,
      2 * (1 - 0.9f)),
  /** Adam with weight decay: its steps are as long as its rate, whatever the gradients. */
  ADAM(Rule.parse("check", "adam"), _ -> new Schedule.Constant(), 1e-4, 0.05);

  /** All labels, as help has them. */
  public static final String LABELS = "sgd, momentum, nesterov, adam";

  private final Rule rule;
  private final IntFunction<Schedule> schedule;
  private final double decay;
  private final double gain;

  /**
   * @param schedule of so many steps
   * @param gain of the rate over that of plain descent that moves a network about as far
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

  /** Whether its steps are as long for a single row, whose gradients are noisy, as for many. */
  boolean isScaleFree() {
    return rule.isScaleFree();
  }

  /** Which rates a network wants. */
  enum Rates {
    /** The same everywhere. */
    UNIFORM,
    /** Those under which equal units move as one does. */
    QUOTIENT
  }

  /**
   * The optimiser, at rates that move the network about as far as plain descent at {@code rate}.
   *
   * @param steps of the cell
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
