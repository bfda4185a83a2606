package dev.lockstep.model;

import java.util.List;

/**
 * How gradients become new parameters: a rule, the settings of every tensor, and how the rates
 * change from step to step.
 *
 * @param rule the same for all tensors
 * @param schedule of all rates
 * @param weights layer by layer
 * @param biases layer by layer; biases do not decay
 */
public record Optimizer(
    Rule rule, Schedule schedule, List<Settings> weights, List<Settings> biases) {

  public Optimizer {
    weights = List.copyOf(weights);
    biases = List.copyOf(biases);
    if (weights.size() != biases.size()) {
      throw new IllegalArgumentException(
          weights.size() + " settings of weights and " + biases.size() + " of biases");
    }
  }

  /**
   * The hyperparameters of one tensor.
   *
   * @param rate before the schedule
   * @param decay added to the gradient, times the parameter, before the rule sees it
   * @param epsilon added to Adam's denominator; unused by the other rules
   */
  public record Settings(float rate, float decay, float epsilon) {

    /** The update by a rule of a step whose rate is this one. */
    public Update update(Rule rule) {
      return new Update(rule, rate, decay, epsilon, 1);
    }
  }

  /** Plain gradient descent at constant rates, layer by layer. */
  public static Optimizer sgd(List<Float> weightRates, List<Float> biasRates) {
    return new Optimizer(
        new Rule.Sgd(), new Schedule.Constant(), settings(weightRates), settings(biasRates));
  }

  private static List<Settings> settings(List<Float> rates) {
    return rates.stream().map(rate -> new Settings(rate, 0, 0)).toList();
  }

  /** Whether steps differ in the numbers they are computed with. */
  public boolean dependsOnStep() {
    return rule instanceof Rule.Adam || !(schedule instanceof Schedule.Constant);
  }
}
