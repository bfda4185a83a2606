package dev.lockstep.gpu.training;

import dev.lockstep.backend.TensorView;
import dev.lockstep.backend.Trainer;
import dev.lockstep.symmetry.ResidentSymmetry;

/** Steps of one trainer. */
public final class StepTimer implements AutoCloseable {
  private final DeviceTrainer trainer;

  StepTimer(DeviceTrainer trainer) {
    this.trainer = trainer;
  }

  /** What is timed. */
  public Trainer trainer() {
    return trainer;
  }

  /** The same, to look at. */
  public TensorView tensors() {
    return trainer;
  }

  /** The same, for its digests. */
  public ResidentSymmetry symmetry() {
    return trainer;
  }

  /** Runs steps, none of which is waited for before the last is submitted. */
  public DeviceWindow time(int steps) {
    return trainer.time(steps);
  }

  /** Puts steps into the stream and waits for none of them; to be followed by {@link #await}. */
  public void submit(int steps) {
    trainer.submitSteps(steps);
  }

  /** Waits for what was submitted. */
  public void await() {
    trainer.await();
  }

  @Override
  public void close() {
    trainer.close();
  }
}
