package dev.lockstep.model;

import java.util.Map;

/**
 * How gradients become new parameters: a rule, the settings of every tensor, and how the rates
 * change from step to step.
 *
 * @param rule the same for all tensors
 * @param schedule of all rates
 * @param settings of each parameter, by its name
 */
public record Optimizer(Rule rule, Schedule schedule, Map<String, Settings> settings) {

  public Optimizer {
    settings = Map.copyOf(settings);
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

  /**
   * The settings of a parameter.
   *
   * @param parameter its name, such as {@code W1}
   * @throws IllegalArgumentException if there are none
   */
  public Settings of(String parameter) {
    Settings found = settings.get(parameter);
    if (found == null) {
      throw new IllegalArgumentException("no settings for " + parameter);
    }
    return found;
  }

  /** Whether steps differ in the numbers they are computed with. */
  public boolean dependsOnStep() {
    return rule instanceof Rule.Adam || !(schedule instanceof Schedule.Constant);
  }
}
