package dev.lockstep.model;

import java.util.Map;

/**
 * The optimiser of a network: an update rule, its numbers for every parameter, and a schedule of
 * the learning rates.
 *
 * @param rule the update rule of all parameters
 * @param schedule the factor of all rates in each step
 * @param updates the update of each parameter, by name
 */
public record Optimizer(Rule rule, Schedule schedule, Map<String, Update> updates) {

  public Optimizer {
    updates = Map.copyOf(updates);
  }

  /**
   * Returns the update of a parameter.
   *
   * @param parameter a name such as {@code W1}
   * @throws IllegalArgumentException if there is none
   */
  public Update of(String parameter) {
    Update found = updates.get(parameter);
    if (found == null) {
      throw new IllegalArgumentException("no update of " + parameter);
    }
    return found;
  }

  /** Returns whether the numbers of an update change from step to step. */
  public boolean dependsOnStep() {
    return rule.correctsBias() || !(schedule instanceof Schedule.Constant);
  }
}
