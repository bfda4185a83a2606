package dev.lockstep.bench.cells;

import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Trainer.Inspection;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Axis;
import dev.lockstep.program.Op;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor;
import dev.lockstep.symmetry.UnitClasses;
import dev.lockstep.symmetry.UnitSlices;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Watches the hidden layers of one trainer whose units started equal: after every step the weights,
 * at kept steps also activations, deltas and gradients.
 *
 * <p>Lockstep counts only if something moved: in every hidden layer the gradients must be non-zero
 * at a kept step and the units must have changed by {@value #LEAST_CHANGE} of their norm.
 *
 * <p>On a library backend -0 counts as +0: classes apart by the sign of a zero alone are counted
 * and do not break lockstep.
 */
final class Watch {

  /** Least relative change of a layer's units, Euclidean, from first to last step. */
  static final double LEAST_CHANGE = 0.1;

  private final Kind kind;
  private final Watched watched;
  private final FirstUnits units;
  private final StepProgram program;
  private final int hidden;
  private final List<UnitSlices> initial = new ArrayList<>();
  private final boolean[] gradientSeen;
  private boolean kept;
  private LockstepState state = new LockstepState.Held(1);

  /** Of a trainer that has not moved yet. */
  Watch(Kind kind, Watched watched) {
    this.kind = kind;
    this.watched = watched;
    units = new FirstUnits(watched.tensors());
    program = watched.tensors().program();
    hidden = program.layers().size() - 1;
    gradientSeen = new boolean[hidden];
    for (int h = 0; h < hidden; h++) {
      initial.add(units.values(1, h));
    }
  }

  /** Looks at what a kept step computed, before {@link #after}. */
  void kept() {
    kept = true;
    for (int h = 0; h < hidden; h++) {
      gradientSeen[h] |= nonZero(units.gradientsOfTheFirst(h));
    }
    if (held()) {
      state = firstBreak(watched.trainer().step(), state);
    }
  }

  /** Looks at the parameters after a step. */
  void after() {
    for (int h = 0; h < hidden && held(); h++) {
      UnitClasses classes = watched.symmetry().unitClasses(h);
      if (!classes.lockstep()) {
        UnitClasses decisive = classes.decisive(kind);
        state = decisive.lockstep() ? bySign(classes) : broken(h, decisive);
      }
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
      if (kept && !gradientSeen[h]) {
        return new LockstepState.DidNotMove(
            "the gradients of hidden layer " + (h + 1) + " are zero");
      }
      double change = change(initial.get(h), units.values(1, h));
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

  /** |now - old| / |old| over the numbers of some units. */
  private static double change(UnitSlices old, UnitSlices now) {
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
  private LockstepState bySign(UnitClasses classes) {
    int most = state instanceof LockstepState.Held(int before) ? before : 1;
    return new LockstepState.Held(Math.max(most, classes.count()));
  }

  /**
   * Runs again up to the step that broke it, which gives the same bits, and keeps that one, to name
   * the operation.
   */
  private LockstepState broken(int h, UnitClasses classes) {
    long step = watched.trainer().step();
    if (watched.trainer().inspection() == Inspection.RESULTS_ONLY) {
      return broken(step, h, classes, "step (which operation cannot be seen)");
    }
    LockstepState byUpdate = broken(step, h, classes, "update");
    watched.tensors().restart();
    if (step > 1) {
      var _ = watched.trainer().run((int) step - 1);
    }
    watched.tensors().keep();
    return firstBreak(step, byUpdate);
  }

  /**
   * The first operation, in the order of the step, with a kept result in which the units of a
   * hidden layer are not one class; else other.
   */
  private LockstepState firstBreak(long step, LockstepState other) {
    Set<Tensor> seen = program.probed();
    Set<String> before = new LinkedHashSet<>();
    for (Op op : program.ops()) {
      for (Tensor tensor : op.writes()) {
        for (Axis axis : List.of(tensor.columns(), tensor.rows())) {
          if (seen.contains(tensor) && axis instanceof Axis.Units(int h, _)) {
            UnitClasses classes = watched.symmetry().keptClasses(tensor, h).decisive(kind);
            if (!classes.lockstep()) {
              before.add(op.label());
              return broken(step, h, classes, String.join(" and ", before));
            }
          }
        }
      }
      // What is made of the rows and kept by nobody shows in what is made of it.
      if (op.writes().stream().anyMatch(seen::contains)) {
        before.clear();
      } else if (op.writes().stream().anyMatch(tensor -> tensor.rows() instanceof Axis.Batch)) {
        before.add(op.label());
      }
    }
    return other;
  }

  private LockstepState broken(long step, int h, UnitClasses classes, String operation) {
    return new LockstepState.Broken(
        step,
        h + 1,
        classes.classOf().length,
        classes.firstOutside(),
        classes.lastOutside(),
        classes.count(),
        operation);
  }

  private static boolean nonZero(FloatMatrix matrix) {
    for (int i = 0; i < matrix.size(); i++) {
      if (matrix.value(i) != 0) {
        return true;
      }
    }
    return false;
  }
}
