package dev.lockstep.bench.cells;

import dev.lockstep.bench.order.TwoTrees.Lanes;
import dev.lockstep.program.ProductShape;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether a network whose units started equal stayed in lockstep. */
public sealed interface LockstepState {

  /**
   * Every hidden layer was one unit class: its weights after every step, its activations and
   * gradients in every kept step.
   *
   * @param bySign largest number of unit classes of a layer's weights if -0 differs from +0: 1, or
   *     more on a library, where the sign of a zero does not break lockstep
   */
  record Held(int bySign) implements LockstepState {
    @Override
    public String toString() {
      return bySign == 1 ? "HELD" : "HELD (" + bySign + " classes by the sign of a zero)";
    }
  }

  /**
   * The units of a layer split into several classes.
   *
   * @param step the step, counted from 1, that broke lockstep
   * @param layer hidden layer, counted from 1
   * @param units number of units of the layer
   * @param firstUnit the lowest unit outside unit 0's class
   * @param lastUnit the highest unit outside unit 0's class
   * @param classes number of unit classes
   * @param operation the first operation that gave equal units different values
   * @param suspect the product in it; null if there is none
   * @param explanation why that product did; empty if nobody asked
   */
  record Broken(
      long step,
      int layer,
      int units,
      int firstUnit,
      int lastUnit,
      int classes,
      String operation,
      @Nullable Suspect suspect,
      String explanation)
      implements LockstepState {

    /** A break by an operation without a product. */
    public Broken(
        long step,
        int layer,
        int units,
        int firstUnit,
        int lastUnit,
        int classes,
        String operation) {
      this(step, layer, units, firstUnit, lastUnit, classes, operation, null, "");
    }

    /** Returns this break with its explanation. */
    Broken explained(String why) {
      return new Broken(step, layer, units, firstUnit, lastUnit, classes, operation, suspect, why);
    }

    @Override
    public String toString() {
      return "BROKEN " + where();
    }

    /** Returns step, layer, units, operation and explanation as text. */
    String where() {
      return place() + (explanation.isEmpty() ? "" : ": " + explanation);
    }

    private String place() {
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
   * A product that may have set units apart.
   *
   * @param tensor the name of its result
   * @param units the lanes of the result that belong to units
   */
  record Suspect(String tensor, ProductShape shape, Lanes units) {}

  /**
   * The run proves nothing, because units that do not move stay equal under any arithmetic.
   *
   * @param reason the layer and how far it moved
   */
  record DidNotMove(String reason) implements LockstepState {
    @Override
    public String toString() {
      return "INCONCLUSIVE (did not move: " + reason + ")";
    }
  }

  /** The units did not start equal, noise separates them, or the backend could not run. */
  record NotAsked() implements LockstepState {
    @Override
    public String toString() {
      return "-";
    }
  }
}
