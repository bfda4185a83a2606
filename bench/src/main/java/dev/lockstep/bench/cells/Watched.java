package dev.lockstep.bench.cells;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.ProbedView;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.TensorView;
import dev.lockstep.backend.Trainer;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.CopiedSymmetry;
import dev.lockstep.symmetry.ResidentSymmetry;
import dev.lockstep.symmetry.UnitSlices;
import java.util.function.IntFunction;

/**
 * A trainer with access to its tensors and unit classes, on the heap or on a device.
 *
 * @param trainer runs the steps
 * @param tensors copies regions of tensors
 * @param symmetry finds unit classes
 * @param measured returns the units of a hidden layer, counted from 0, on which its relative spread
 *     is measured
 */
record Watched(
    Trainer trainer,
    TensorView tensors,
    ResidentSymmetry symmetry,
    IntFunction<UnitSlices> measured)
    implements AutoCloseable {

  /** Number of units of a layer on a device on which its relative spread is measured. */
  private static final int SPREAD_UNITS = 16;

  /**
   * Opens a trainer. A device trainer finds its unit classes itself; any other is examined through
   * copies.
   */
  static Watched open(Backend backend, Workload workload, Resources resources) {
    Trainer opened = backend.open(workload, resources);
    if (opened instanceof TensorView tensors && opened instanceof ResidentSymmetry symmetry) {
      FirstUnits units = new FirstUnits(tensors);
      return new Watched(
          opened,
          tensors,
          symmetry,
          h -> units.values(Math.min(SPREAD_UNITS, workload.network().out(h)), h));
    }
    return of(opened, new ProbedView(opened, workload));
  }

  /** Wraps a trainer that is examined through copies. */
  static Watched of(Trainer trainer, ProbedView view) {
    return new Watched(
        trainer,
        view,
        new CopiedSymmetry(view),
        hidden -> UnitSlices.of(view.parameters(), hidden));
  }

  int hiddenLayers() {
    return tensors.program().layers().size() - 1;
  }

  @Override
  public void close() {
    trainer.close();
  }
}
