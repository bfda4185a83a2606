package dev.lockstep.bench.check;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backend.Placement;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.TensorView;
import dev.lockstep.backend.Trainer;
import dev.lockstep.model.Network;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.ResidentSymmetry;

/**
 * The three faces of one trainer whose tensors lie on a device.
 *
 * @param network what it trains
 * @param trainer runs the steps
 * @param tensors copies pieces
 * @param symmetry finds unit classes
 */
record ResidentTrainer(
    Network network, Trainer trainer, TensorView tensors, ResidentSymmetry symmetry)
    implements AutoCloseable {

  /** Whether a backend's trainers are such. */
  static boolean isOf(Backend backend) {
    return backend.placement() == Placement.DEVICE;
  }

  /**
   * Opens a backend whose trainers are such.
   *
   * @throws IllegalArgumentException if they are not
   */
  static ResidentTrainer open(Backend backend, Workload workload, Resources resources) {
    Trainer opened = backend.open(workload, resources);
    if (opened instanceof TensorView tensors && opened instanceof ResidentSymmetry symmetry) {
      return new ResidentTrainer(workload.network(), opened, tensors, symmetry);
    }
    opened.close();
    throw new IllegalArgumentException(backend.name() + " keeps its tensors in the heap");
  }

  @Override
  public void close() {
    trainer.close();
  }
}
