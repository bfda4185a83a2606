package dev.lockstep.model;

import java.util.Collections;
import java.util.List;

/**
 * How gradients become new parameters: a rule, the update of every tensor, and how the rates change
 * from step to step.
 *
 * @param rule the same for all tensors
 * @param schedule of all rates
 * @param weights layer by layer
 * @param biases layer by layer; biases do not decay
 */
public record Optimizer(Rule rule, Schedule schedule, List<Update> weights, List<Update> biases) {

  public Optimizer {
    weights = List.copyOf(weights);
    biases = List.copyOf(biases);
    if (weights.size() != biases.size()) {
      throw new IllegalArgumentException(
          weights.size() + " updates of weights and " + biases.size() + " of biases");
    }
  }

  /** Plain gradient descent at constant rates, layer by layer. */
  public static Optimizer sgd(List<Float> weightRates, List<Float> biasRates) {
    return new Optimizer(new Rule.Sgd(), new Schedule.Constant(), sgd(weightRates), sgd(biasRates));
  }

  private static List<Update> sgd(List<Float> rates) {
    return rates.stream().map(Update::sgd).toList();
  }

  /**
   * What a training starts from: moments that are given or, if none are, +0 for every parameter.
   */
  public List<Parameters> moments(List<Parameters> given, Parameters parameters) {
    return given.isEmpty() ? Collections.nCopies(rule.moments(), parameters.zeros()) : given;
  }

  /** Whether steps differ in the numbers they are computed with. */
  public boolean dependsOnStep() {
    return rule.correctsBias() || !(schedule instanceof Schedule.Constant);
  }
}
