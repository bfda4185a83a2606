package dev.lockstep.bench.cells;

import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Trainer.Inspection;
import dev.lockstep.bench.cells.LockstepState.Suspect;
import dev.lockstep.bench.order.TwoTrees.Lanes;
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
import org.jspecify.annotations.Nullable;

/**
 * Checks that the hidden layers of one trainer stay in lockstep: their weights after every step,
 * and their activations, deltas and gradients in kept steps.
 *
 * <p>Lockstep counts only if the units moved. In every hidden layer some gradient must be non-zero
 * in a kept step, and the units must change by at least {@value #LEAST_CHANGE} of their norm.
 *
 * <p>On a library -0 equals +0: classes that differ only by the sign of a zero are counted but do
 * not break lockstep.
 */
final class Watch {

  /**
   * Least relative change of a layer's units from the first to the last step, in the Euclidean
   * norm.
   */
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

  /** Takes a trainer that has not run a step. */
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

  /** Checks the tensors of a kept step; called before {@link #after}. */
  void kept() {
    kept = true;
    for (int h = 0; h < hidden; h++) {
      gradientSeen[h] |= nonZero(units.gradientsOfTheFirst(h));
    }
    if (held()) {
      state = firstBreak(watched.trainer().step(), state);
    }
  }

  /** Checks the parameters after a step. */
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

  /** Returns the verdict after the last step of a complete run. */
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
   * Returns the verdict after a shortened run. It does not require the units to have moved far,
   * which only a complete run can show.
   */
  LockstepState verdictSoFar() {
    return state;
  }

  /** Returns |now - old| / |old| in the Euclidean norm. */
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

  /** Returns the state of a layer that is one class by value and several by the signs of zeros. */
  private LockstepState bySign(UnitClasses classes) {
    int most = state instanceof LockstepState.Held(int before) ? before : 1;
    return new LockstepState.Held(Math.max(most, classes.count()));
  }

  /**
   * Repeats the run up to the step that broke lockstep, which gives the same bits, and keeps that
   * step's tensors to name the operation.
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
   * Returns the first operation, in the order of the step, with a kept result in which the units of
   * a hidden layer are not one class; {@code other} if there is none.
   */
  private LockstepState firstBreak(long step, LockstepState other) {
    Set<Tensor> seen = program.probed();
    Set<String> before = new LinkedHashSet<>();
    Op.Product product = null;
    for (Op op : program.ops()) {
      product = op instanceof Op.Product next ? next : product;
      for (Tensor tensor : op.writes()) {
        for (Axis axis : List.of(tensor.columns(), tensor.rows())) {
          if (seen.contains(tensor) && axis instanceof Axis.Units(int h, _)) {
            UnitClasses classes = watched.symmetry().keptClasses(tensor, h).decisive(kind);
            if (!classes.lockstep()) {
              before.add(op.label());
              return broken(step, h, classes, String.join(" and ", before), suspect(product, h));
            }
          }
        }
      }
      // A result that is not kept shows in the next result that is.
      if (op.writes().stream().anyMatch(seen::contains)) {
        before.clear();
        product = null;
      } else if (op.writes().stream().anyMatch(Watch::isOfUnits)) {
        before.add(op.label());
      }
    }
    return other;
  }

  /** Returns whether a tensor has an element for each row of the batch and unit of a layer. */
  private static boolean isOfUnits(Tensor tensor) {
    return tensor.rows() instanceof Axis.Batch && tensor.columns() instanceof Axis.Units;
  }

  /** Returns the product since the last result that is kept, if its result has the units. */
  private static @Nullable Suspect suspect(Op.@Nullable Product product, int h) {
    if (product == null) {
      return null;
    }
    Tensor c = product.c();
    return c.columns() instanceof Axis.Units(int layer, _) && layer == h
        ? new Suspect(c.name(), product.shape(), Lanes.COLUMNS)
        : c.rows() instanceof Axis.Units(int layer, _) && layer == h
            ? new Suspect(c.name(), product.shape(), Lanes.ROWS)
            : null;
  }

  private LockstepState broken(long step, int h, UnitClasses classes, String operation) {
    return broken(step, h, classes, operation, null);
  }

  private LockstepState broken(
      long step, int h, UnitClasses classes, String operation, @Nullable Suspect suspect) {
    return new LockstepState.Broken(
        step,
        h + 1,
        classes.classOf().length,
        classes.firstOutside(),
        classes.lastOutside(),
        classes.count(),
        operation,
        suspect,
        "");
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
