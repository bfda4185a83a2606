package dev.lockstep.bench.cells;

import java.util.Locale;

/** What became of a network whose units started equal. */
public sealed interface LockstepState {

  /**
   * Every hidden layer was one unit class after every step: weights, gradients and activations.
   *
   * @param bySign most classes of a layer's weights if the signs of zeros count: 1, or more on a
   *     library backend, where they do not break lockstep
   */
  record Held(int bySign) implements LockstepState {
    @Override
    public String toString() {
      return bySign == 1 ? "HELD" : "HELD (" + bySign + " classes by the sign of a zero)";
    }
  }

  /**
   * A layer fell apart.
   *
   * @param step the step, counted from 1, that broke it
   * @param layer hidden layer, counted from 1
   * @param units units of the layer
   * @param firstUnit the lowest unit outside unit 0's class
   * @param lastUnit the highest unit outside unit 0's class
   * @param classes number of classes
   * @param operation what first gave equal units unequal numbers
   */
  record Broken(
      long step, int layer, int units, int firstUnit, int lastUnit, int classes, String operation)
      implements LockstepState {
    @Override
    public String toString() {
      return "BROKEN " + where();
    }

    /** Step, layer, units, operation. */
    String where() {
      return String.format(
          Locale.ROOT,
          "at step %d, hidden layer %d, units %d to %d of %d (%d classes), by the %s",
          step,
          layer,
          firstUnit,
          lastUnit,
          units,
          classes,
          operation);
    }
  }

  /**
   * It proves nothing: units that never move stay equal whatever the arithmetic.
   *
   * @param reason which layer, and by how much it moved
   */
  record DidNotMove(String reason) implements LockstepState {
    @Override
    public String toString() {
      return "INCONCLUSIVE (did not move: " + reason + ")";
    }
  }

  /** The network was random, or has no hidden layer of more than one unit. */
  record NotAsked() implements LockstepState {
    @Override
    public String toString() {
      return "-";
    }
  }
}
