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
 * A trainer and the ways to look at it, wherever its tensors lie.
 *
 * @param trainer runs the steps
 * @param tensors copies pieces
 * @param symmetry finds unit classes
 * @param measured the units of a hidden layer, from 0, whose distances stand for the layer's
 */
record Watched(
    Trainer trainer,
    TensorView tensors,
    ResidentSymmetry symmetry,
    IntFunction<UnitSlices> measured)
    implements AutoCloseable {

  /** Units of a layer on a device that its relative spread is measured on. */
  private static final int SPREAD_UNITS = 16;

  /** Opens a trainer, which looks at itself on a device; in the heap, copies are looked at. */
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

  /** A trainer that is looked at by copies. */
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
