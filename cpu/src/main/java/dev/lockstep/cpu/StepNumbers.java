package dev.lockstep.cpu;

import dev.lockstep.model.Update;

/** What the step at hand makes of the numbers of its updates; at first, nothing. */
final class StepNumbers {
  private float rateFactor = 1;
  private float correction = 1;

  /**
   * Goes on to a step.
   *
   * @param rateFactor all rates are multiplied by it
   * @param correction of a second moment, otherwise 1
   */
  void set(float rateFactor, float correction) {
    this.rateFactor = rateFactor;
    this.correction = correction;
  }

  /** The rate of a tensor. */
  float rate(Update update) {
    return update.rate() * rateFactor;
  }

  /** The correction of its second moment. One of the two factors is 1. */
  float correction(Update update) {
    return update.correction() * correction;
  }
}
