package dev.lockstep.bench.check;

import dev.lockstep.backend.Kind;
import dev.lockstep.symmetry.ResidentSymmetry;
import dev.lockstep.symmetry.ResidentSymmetry.Kept;
import dev.lockstep.symmetry.UnitClasses;
import dev.lockstep.symmetry.UnitSlices;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * {@link LockstepWatch} for a trainer of which nobody copies the parameters: unit classes come from
 * the device, what moved is read off unit 0, and the operation that broke lockstep is found by
 * running again from the start, which gives the same bits.
 */
final class ResidentWatch {

  private final Kind kind;
  private final ResidentTrainer trainer;
  private final ResidentUnits units;
  private final int hidden;
  private final List<UnitSlices> initial = new ArrayList<>();
  private final boolean[] gradientSeen;
  private LockstepState state = new LockstepState.Held(1);

  ResidentWatch(Kind kind, ResidentTrainer trainer) {
    this.kind = kind;
    this.trainer = trainer;
    units = new ResidentUnits(trainer.network(), trainer.tensors());
    hidden = trainer.network().depth();
    gradientSeen = new boolean[hidden];
    for (int h = 0; h < hidden; h++) {
      initial.add(units.first(1, h));
    }
  }

  /** Looks at what a kept step computed, before {@link #after}. */
  void kept() {
    for (int h = 0; h < hidden; h++) {
      gradientSeen[h] |= nonZero(units.gradientsOfUnitZero(h));
    }
    if (held()) {
      state = firstBreak(trainer.trainer().step(), state);
    }
  }

  /** Looks at the parameters after a step. */
  void after() {
    for (int h = 0; h < hidden && held(); h++) {
      UnitClasses classes = trainer.symmetry().unitClasses(h);
      if (classes.count() > 1) {
        state = one(classes) ? bySign(classes) : broken(h, classes);
      }
    }
  }

  boolean held() {
    return state instanceof LockstepState.Held;
  }

  /** The verdict after the last step, which must have been kept. */
  LockstepState verdict() {
    if (!held()) {
      return state;
    }
    for (int h = 0; h < hidden; h++) {
      if (!gradientSeen[h]) {
        return new LockstepState.DidNotMove(
            "the gradients of hidden layer " + (h + 1) + " are zero");
      }
      double change = change(h);
      if (!(change >= LockstepWatch.LEAST_CHANGE)) {
        return new LockstepState.DidNotMove(
            String.format(Locale.ROOT, "hidden layer %d changed by %.2g%%", h + 1, 100 * change));
      }
    }
    return state;
  }

  /** How far unit 0 of a hidden layer has moved since the start, relative to its norm then. */
  double change(int h) {
    return LockstepWatch.change(initial.get(h), units.first(1, h));
  }

  private boolean one(UnitClasses classes) {
    return (kind.isLibrary() ? classes.countByValue() : classes.count()) == 1;
  }

  private LockstepState bySign(UnitClasses classes) {
    int most = state instanceof LockstepState.Held(int before) ? before : 1;
    return new LockstepState.Held(Math.max(most, classes.count()));
  }

  /** Runs again up to the step that broke it, and keeps that one, to name the operation. */
  private LockstepState broken(int h, UnitClasses classes) {
    long step = trainer.trainer().step();
    LockstepState byUpdate = broken(step, h, classes, "update");
    trainer.tensors().restart();
    trainer.trainer().run((int) step - 1);
    trainer.tensors().keep();
    return firstBreak(step, byUpdate);
  }

  /** The first operation, in the order of the step, whose result is not one class; else other. */
  private LockstepState firstBreak(long step, LockstepState other) {
    ResidentSymmetry symmetry = trainer.symmetry();
    for (int h = 0; h < hidden; h++) {
      UnitClasses classes = symmetry.keptClasses(Kept.ACTIVATIONS, h);
      if (!one(classes)) {
        return broken(step, h, classes, "forward product and activation");
      }
    }
    for (int h = hidden - 1; h >= 0; h--) {
      UnitClasses classes = symmetry.keptClasses(Kept.DELTAS, h);
      if (!one(classes)) {
        return broken(step, h, classes, "backward product and derivative");
      }
    }
    for (int h = hidden - 1; h >= 0; h--) {
      UnitClasses classes = symmetry.keptClasses(Kept.GRADIENTS, h);
      if (!one(classes)) {
        return broken(step, h, classes, "weight or bias gradient");
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
        kind.isLibrary() ? classes.countByValue() : classes.count(),
        operation);
  }

  private static boolean nonZero(UnitSlices slices) {
    for (UnitSlices.Part part : slices.parts()) {
      for (int i = 0; i < part.matrix().size(); i++) {
        if (part.matrix().value(i) != 0) {
          return true;
        }
      }
    }
    return false;
  }
}
