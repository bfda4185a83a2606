package dev.lockstep.cpu;

import dev.lockstep.model.Update;

/** The factors by which the current step changes the numbers of its updates, initially 1. */
final class StepNumbers {
  private float rateFactor = 1;
  private float correction = 1;

  /**
   * Sets the factors of a step.
   *
   * @param rateFactor the factor of all rates
   * @param correction the bias correction of second moments, or 1
   */
  void set(float rateFactor, float correction) {
    this.rateFactor = rateFactor;
    this.correction = correction;
  }

  /** Returns the rate of a parameter's update in this step. */
  float rate(Update update) {
    return update.rate() * rateFactor;
  }

  /** Returns the bias correction of the second moment in this step. One of the two factors is 1. */
  float correction(Update update) {
    return update.correction() * correction;
  }
}
