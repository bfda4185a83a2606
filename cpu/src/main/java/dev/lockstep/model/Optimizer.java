package dev.lockstep.model;

import java.util.Map;

/**
 * How gradients become new parameters: a rule, the update of every tensor, and how the rates change
 * from step to step.
 *
 * @param rule the same for all tensors
 * @param schedule of all rates
 * @param updates of each parameter, by its name
 */
public record Optimizer(Rule rule, Schedule schedule, Map<String, Update> updates) {

  public Optimizer {
    updates = Map.copyOf(updates);
  }

  /**
   * The update of a parameter.
   *
   * @param parameter its name, such as {@code W1}
   * @throws IllegalArgumentException if there is none
   */
  public Update of(String parameter) {
    Update found = updates.get(parameter);
    if (found == null) {
      throw new IllegalArgumentException("no update of " + parameter);
    }
    return found;
  }

  /** Whether steps differ in the numbers they are computed with. */
  public boolean dependsOnStep() {
    return rule.correctsBias() || !(schedule instanceof Schedule.Constant);
  }
}
