package dev.lockstep.gpu.training;

import dev.lockstep.backend.Timed;
import dev.lockstep.backend.Trainer;

/**
 * Steps of a trainer on a device; none of a run is waited for before the last is submitted.
 *
 * @param opened closed with this
 */
record DeviceSteps(DeviceTrainer opened) implements Timed.Steps {

  @Override
  public Trainer trainer() {
    return opened;
  }

  @Override
  public Times run(int steps) {
    return opened.time(steps);
  }

  @Override
  public void submit(int steps) {
    opened.submitSteps(steps);
  }

  @Override
  public void await() {
    opened.await();
  }

  @Override
  public void close() {
    opened.close();
  }
}
