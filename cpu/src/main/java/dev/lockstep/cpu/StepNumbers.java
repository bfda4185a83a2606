package dev.lockstep.cpu;

import dev.lockstep.model.Optimizer.Settings;

/** What the updates of the step at hand are computed with, apart from their settings. */
final class StepNumbers {
  private float rateFactor = 1;
  private float correction = 1;

  /**
   * Goes on to a step.
   *
   * @param rateFactor all rates are multiplied by it
   * @param correction of Adam's second moment, otherwise 1
   */
  void set(float rateFactor, float correction) {
    this.rateFactor = rateFactor;
    this.correction = correction;
  }

  /** The rate of a tensor with these settings. */
  float rate(Settings settings) {
    return settings.rate() * rateFactor;
  }

  /** 1 / (1 - b2^t) for Adam. */
  float correction() {
    return correction;
  }
}
