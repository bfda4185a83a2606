package dev.lockstep.model;

import dev.lockstep.input.InputException;

/**
 * The settings of a scenario's optimiser, independent of the network.
 *
 * @param rate the learning rate of each layer
 * @param rule the update rule
 * @param schedule the factor of all rates in each step
 * @param decay weight decay, from 0 to 1: {@code decay * w} is added to the gradient of each weight
 *     w; biases do not decay
 */
public record Learning(LearningRate rate, Rule rule, Schedule schedule, double decay) {

  /** The largest accepted decay. */
  private static final double MOST_DECAY = 1;

  public Learning {
    requireDecay("scenario", decay);
  }

  /** Plain gradient descent at a constant rate. */
  public static Learning sgd(LearningRate rate) {
    return new Learning(rate, new Rule.Sgd(), new Schedule.Constant(), 0);
  }

  /**
   * Returns the optimiser for a network.
   *
   * @throws InputException if the number of rates does not fit the network
   */
  public Optimizer optimizer(Network network) {
    return rate.optimizer(network, rule, schedule, decay);
  }

  /**
   * Parses a weight decay.
   *
   * @param source the file or flag it came from
   * @throws InputException naming the source and the value
   */
  public static double parseDecay(String source, String text) {
    try {
      return requireDecay(source, Double.parseDouble(text.strip()));
    } catch (NumberFormatException e) {
      throw new InputException(source, "weight-decay", text, "expected a number from 0 to 1");
    }
  }

  private static double requireDecay(String source, double decay) {
    if (!(decay >= 0 && decay <= MOST_DECAY)) {
      throw new InputException(source, "weight-decay", decay, "expected a number from 0 to 1");
    }
    return decay;
  }
}
