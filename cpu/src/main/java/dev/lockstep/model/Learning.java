package dev.lockstep.model;

import dev.lockstep.input.InputException;

/**
 * How a scenario's gradients become new parameters, before it is known of which network.
 *
 * @param rate of each layer
 * @param rule what is made of a gradient
 * @param schedule of all rates
 * @param decay of all weights, at least 0: it times the weight is added to the gradient; biases do
 *     not decay
 */
public record Learning(LearningRate rate, Rule rule, Schedule schedule, double decay) {

  /** Largest decay that is read. */
  private static final double MOST_DECAY = 1;

  public Learning {
    requireDecay("scenario", decay);
  }

  /** Plain gradient descent at a constant rate. */
  public static Learning sgd(LearningRate rate) {
    return new Learning(rate, new Rule.Sgd(), new Schedule.Constant(), 0);
  }

  /**
   * The optimiser of a network.
   *
   * @throws InputException if the rates do not fit it
   */
  public Optimizer optimizer(Network network) {
    return rate.optimizer(network, rule, schedule, decay);
  }

  /**
   * Reads a decay.
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
