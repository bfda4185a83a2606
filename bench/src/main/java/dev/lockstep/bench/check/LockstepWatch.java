package dev.lockstep.bench.check;

import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Probe;
import dev.lockstep.backend.Trainer;
import dev.lockstep.backend.Trainer.Inspection;
import dev.lockstep.model.Matrix;
import dev.lockstep.model.Parameters;
import dev.lockstep.symmetry.UnitClasses;
import dev.lockstep.symmetry.UnitSlices;
import java.util.List;
import java.util.Locale;

/**
 * Watches the hidden layers of one trainer whose units started equal: after every step the weights,
 * at probed steps also gradients, activations and deltas.
 *
 * <p>Lockstep counts only if something moved: in every hidden layer the gradients must be non-zero
 * at a probed step and the units must have changed by {@value #LEAST_CHANGE} of their norm.
 *
 * <p>On a library backend -0 counts as +0: classes apart by the sign of a zero alone are counted
 * and do not break lockstep.
 */
final class LockstepWatch {

  /** Least relative change of a layer's units, Euclidean, from first to last step. */
  static final double LEAST_CHANGE = 0.1;

  private final Parameters initial;
  private final int hidden;
  private final boolean[] gradientSeen;
  private Parameters before;
  private List<Parameters> moments = List.of();
  private boolean probed;
  private final Kind kind;
  private LockstepState state = new LockstepState.Held(1);

  LockstepWatch(Kind kind, Parameters initial) {
    this.kind = kind;
    this.initial = initial;
    this.before = initial;
    hidden = initial.layers() - 1;
    gradientSeen = new boolean[hidden];
  }

  /** Looks at the parameters after a step that ran plainly. */
  void after(Trainer trainer, Parameters now) {
    for (int h = 0; h < hidden && held(); h++) {
      UnitSlices slices = UnitSlices.of(now, h);
      if (!UnitClasses.lockstep(slices)) {
        UnitClasses classes = classes(slices);
        state = classes.lockstep() ? bySign(slices) : broken(trainer, h, classes);
      }
    }
    before = now;
    moments = trainer.moments();
  }

  /** Looks at what a probed step kept, before {@link #after} is told of its parameters. */
  void probed(long step, Probe probe) {
    probed = true;
    for (int h = 0; h < hidden; h++) {
      gradientSeen[h] |= nonZero(probe.gradients().weights().get(h));
    }
    if (held()) {
      state = firstBreak(step, probe, state);
    }
  }

  boolean held() {
    return state instanceof LockstepState.Held;
  }

  /** The verdict after the last step of a whole run. */
  LockstepState verdict() {
    if (!held()) {
      return state;
    }
    for (int h = 0; h < hidden; h++) {
      if (probed && !gradientSeen[h]) {
        return new LockstepState.DidNotMove(
            "the gradients of hidden layer " + (h + 1) + " are zero");
      }
      double change = change(initial, before, h);
      if (!(change >= LEAST_CHANGE)) {
        return new LockstepState.DidNotMove(
            String.format(Locale.ROOT, "hidden layer %d changed by %.2g%%", h + 1, 100 * change));
      }
    }
    return state;
  }

  /**
   * The verdict after a run that was cut short: whether the units would have moved enough is for a
   * backend to show that runs all steps.
   */
  LockstepState verdictSoFar() {
    return state;
  }

  /** |after - before| / |before| over the numbers of a layer's units. */
  static double change(Parameters before, Parameters after, int h) {
    return change(UnitSlices.of(before, h), UnitSlices.of(after, h));
  }

  /** |now - old| / |old| over the numbers of some units. */
  static double change(UnitSlices old, UnitSlices now) {
    double moved = 0;
    double norm = 0;
    for (int p = 0; p < old.parts().size(); p++) {
      Matrix a = old.parts().get(p).matrix();
      Matrix b = now.parts().get(p).matrix();
      for (int i = 0; i < a.size(); i++) {
        double difference = b.value(i) - a.value(i);
        moved += difference * difference;
        norm += a.value(i) * a.value(i);
      }
    }
    return Math.sqrt(moved / norm);
  }

  /** One class by value; more by the sign of a zero. */
  private LockstepState bySign(UnitSlices slices) {
    int most = state instanceof LockstepState.Held(int before) ? before : 1;
    return new LockstepState.Held(Math.max(most, UnitClasses.of(slices).count()));
  }

  /** The classes that decide. */
  private UnitClasses classes(UnitSlices slices) {
    return kind.isLibrary() ? UnitClasses.byValue(slices) : UnitClasses.of(slices);
  }

  /** Repeats the step with a probe from the state before it, to name the operation. */
  private LockstepState broken(Trainer trainer, int h, UnitClasses classes) {
    long step = trainer.step();
    if (trainer.inspection() == Inspection.RESULTS_ONLY) {
      return broken(step, h, classes, "step (which operation cannot be seen)");
    }
    LockstepState byUpdate = broken(step, h, classes, "update");
    trainer.restore(before, moments, step - 1);
    Probe probe = trainer.probe();
    return firstBreak(step, probe, byUpdate);
  }

  /** The first operation, in the order of the step, whose result is not one class; else other. */
  private LockstepState firstBreak(long step, Probe probe, LockstepState other) {
    for (int h = 0; h < hidden; h++) {
      UnitClasses classes = columns(probe.activations().get(h));
      if (!classes.lockstep()) {
        return broken(step, h, classes, "forward product and activation");
      }
    }
    for (int h = hidden - 1; h >= 0; h--) {
      UnitClasses classes = columns(probe.deltas().get(h));
      if (!classes.lockstep()) {
        return broken(step, h, classes, "backward product and derivative");
      }
    }
    for (int h = hidden - 1; h >= 0; h--) {
      UnitClasses classes = classes(UnitSlices.of(probe.gradients(), h));
      if (!classes.lockstep()) {
        return broken(step, h, classes, "weight or bias gradient");
      }
    }
    return other;
  }

  private UnitClasses columns(Matrix matrix) {
    return classes(UnitSlices.ofColumns(matrix));
  }

  private static LockstepState broken(long step, int h, UnitClasses classes, String operation) {
    return new LockstepState.Broken(
        step,
        h + 1,
        classes.classOf().length,
        classes.firstOutside(),
        classes.lastOutside(),
        classes.count(),
        operation);
  }

  private static boolean nonZero(Matrix matrix) {
    for (int i = 0; i < matrix.size(); i++) {
      if (matrix.value(i) != 0) {
        return true;
      }
    }
    return false;
  }
}
