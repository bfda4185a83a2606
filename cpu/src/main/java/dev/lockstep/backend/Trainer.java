package dev.lockstep.backend;

import dev.lockstep.data.Examples;
import dev.lockstep.model.Parameters;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A network in training, resident on its backend. Must be used by the thread that opened it.
 *
 * <p>If the loss of a step is not finite, the step is recorded, and its update and all later
 * updates do nothing: the parameters keep their values from before that step.
 *
 * <p>Every method may throw a {@link BackendFault}. After that the trainer can only be closed.
 */
public interface Trainer extends AutoCloseable {

  /**
   * Runs steps.
   *
   * @return the mean loss of each step's batch before its update: row losses in the backend's
   *     precision, summed in binary64 in row order, divided by the batch size
   */
  double[] run(int steps);

  /**
   * Runs one step with the same bits as {@code run(1)} and returns its intermediate tensors.
   *
   * @throws UnavailableException if {@link #inspection} does not allow it
   */
  Probe probe();

  /** Which results of a step can be read. */
  enum Inspection {
    /** What every probe shows, and all products before anything is added to them. */
    EVERY_TENSOR,
    /** What every probe shows: activations, deltas and gradients. */
    NO_PRODUCTS,
    /**
     * Activations, deltas and gradients that are computed a second time for the probe. Their last
     * bits may be others than those that the step used, so they are no operands of its results.
     */
    COMPUTED_AGAIN,
    /** Only the loss and the parameters after the step. */
    RESULTS_ONLY;

    /** Returns the tensors of a step that {@link #probe} shows. */
    public Set<Tensor> tensors(StepProgram program) {
      Set<Tensor> shown = new LinkedHashSet<>();
      if (this != RESULTS_ONLY) {
        shown.addAll(program.probed());
      }
      if (this == EVERY_TENSOR) {
        shown.addAll(program.products());
      }
      return shown;
    }
  }

  /** Returns which results of a step can be read. */
  default Inspection inspection() {
    return Inspection.EVERY_TENSOR;
  }

  /** The number of steps done so far. */
  long step();

  /** Returns a copy of the parameters, in the backend's precision. */
  Parameters parameters();

  /**
   * Returns copies of the optimiser's moments, in the backend's precision: one entry for each of
   * the rule's {@link dev.lockstep.model.Rule#moments}.
   */
  List<Parameters> moments();

  /**
   * Sets the parameters, the moments and the step from which training continues.
   *
   * @param parameters parameters in any precision; rounded to the backend's
   * @param moments moments as from {@link #moments}, in any precision; empty for +0
   * @param step the step, from 0, that the next {@link #run} starts with
   * @throws IllegalArgumentException if the number of moments is not the rule's
   */
  void restore(Parameters parameters, List<Parameters> moments, long step);

  /** Sets the parameters and the step, with moments of +0, as at the start of a training. */
  default void restore(Parameters parameters, long step) {
    restore(parameters, List.of(), step);
  }

  /** Returns the first step, from 0, whose loss was not finite. */
  OptionalLong stoppedAt();

  /** Returns the mean loss and accuracy of the current parameters on some rows. */
  Evaluation evaluate(Examples examples);

  @Override
  void close();
}
