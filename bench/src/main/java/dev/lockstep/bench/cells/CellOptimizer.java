package dev.lockstep.bench.cells;

import dev.lockstep.input.Labelled;
import dev.lockstep.model.Learning;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Schedule;

/**
 * How a cell's gradients become new parameters: between them these have every rule and schedule,
 * and weights that decay.
 */
public enum CellOptimizer implements Labelled {
  /** Plain gradient descent. */
  SGD("sgd"),
  /** Momentum 0.9, rates halved after half the steps. */
  MOMENTUM("momentum"),
  /** Nesterov's momentum 0.9 with weight decay, rates down to zero along a cosine. */
  NESTEROV("nesterov"),
  /** Adam with weight decay. */
  ADAM("adam");

  /** All labels, as help has them. */
  public static final String LABELS = "sgd, momentum, nesterov, adam";

  private static final float FACTOR = 0.9f;
  private static final double DECAY = 1e-4;

  /** Adam's steps are as long as its rate, whatever the gradients. */
  private static final double OF_ADAM = 0.05;

  private final String label;

  CellOptimizer(String label) {
    this.label = label;
  }

  @Override
  public String label() {
    return label;
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
    return switch (this) {
      case SGD -> Learning.sgd(of(rates, rate));
      case MOMENTUM ->
          new Learning(
              of(rates, rate * (1 - FACTOR)),
              new Rule.Momentum(FACTOR),
              new Schedule.Stairs(Math.max(1, steps / 2), 0.5),
              0);
      case NESTEROV ->
          new Learning(
              of(rates, 2 * rate * (1 - FACTOR)),
              new Rule.Nesterov(FACTOR),
              new Schedule.Cosine(Math.max(1, steps)),
              DECAY);
      case ADAM ->
          new Learning(
              of(rates, OF_ADAM * rate),
              Rule.parse("check", "adam"),
              new Schedule.Constant(),
              DECAY);
    };
  }

  private static LearningRate of(Rates rates, double rate) {
    return switch (rates) {
      case UNIFORM -> new LearningRate.Uniform(rate);
      case QUOTIENT -> new LearningRate.Quotient(rate);
    };
  }
}
