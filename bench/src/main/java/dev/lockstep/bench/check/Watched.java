package dev.lockstep.bench.check;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.ProbedView;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.TensorView;
import dev.lockstep.backend.Trainer;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.CopiedSymmetry;
import dev.lockstep.symmetry.ResidentSymmetry;

/**
 * A trainer and two ways to look at it, wherever its tensors lie.
 *
 * @param trainer runs the steps
 * @param tensors copies pieces
 * @param symmetry finds unit classes
 */
record Watched(Trainer trainer, TensorView tensors, ResidentSymmetry symmetry)
    implements AutoCloseable {

  /** Opens a trainer, which looks at itself on a device; in the heap, copies are looked at. */
  static Watched open(Backend backend, Workload workload, Resources resources) {
    Trainer opened = backend.open(workload, resources);
    if (opened instanceof TensorView tensors && opened instanceof ResidentSymmetry symmetry) {
      return new Watched(opened, tensors, symmetry);
    }
    return of(opened, new ProbedView(opened, workload));
  }

  /** A trainer that is looked at by copies. */
  static Watched of(Trainer trainer, ProbedView view) {
    return new Watched(trainer, view, new CopiedSymmetry(view));
  }

  @Override
  public void close() {
    trainer.close();
  }
}
