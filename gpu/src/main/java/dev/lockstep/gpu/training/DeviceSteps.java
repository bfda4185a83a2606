package dev.lockstep.gpu.training;

import dev.lockstep.backend.Timed;
import dev.lockstep.backend.Trainer;

/**
 * Timed steps of a trainer on a device. A run submits all its steps before it waits.
 *
 * @param opened the trainer, closed with this
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
