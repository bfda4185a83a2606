package dev.lockstep.backend;

import dev.lockstep.data.Examples;
import dev.lockstep.model.Parameters;
import java.util.List;
import java.util.OptionalLong;

/**
 * One network in training, resident on its backend. For one thread, the one that opened it.
 *
 * <p>A step whose loss is not finite is recorded, and its update and all later ones do nothing: the
 * parameters stay those from before it.
 *
 * <p>Every method may throw a {@link BackendFault}; after one the trainer can only be closed.
 */
public interface Trainer extends AutoCloseable {

  /**
   * Runs steps.
   *
   * @return the mean loss of each step's batch before its update: row losses of the backend's
   *     precision, summed in binary64 in row order, divided by the batch
   */
  double[] run(int steps);

  /**
   * Runs one step with the same bits as {@code run(1)} and keeps what it computed on the way.
   *
   * @throws UnavailableException if it cannot keep anything, as {@link #inspection} says
   */
  Probe probe();

  /** How much of a step can be seen. */
  enum Inspection {
    /** Everything, by {@link #probe}. */
    EVERY_TENSOR,
    /** The loss and the parameters after it. */
    RESULTS_ONLY
  }

  /** How much of its steps can be seen. */
  default Inspection inspection() {
    return Inspection.EVERY_TENSOR;
  }

  /** Steps done so far. */
  long step();

  /** A copy of the parameters, in the backend's precision. */
  Parameters parameters();

  /**
   * Copies of what the optimiser's rule keeps of every parameter, in the backend's precision: as
   * many as {@link dev.lockstep.model.Rule#moments} says.
   */
  List<Parameters> moments();

  /**
   * Continues from other parameters at another step.
   *
   * @param parameters in any precision; rounded to the backend's
   * @param moments what {@link #moments} gave, likewise; empty if they are +0
   * @param step the step the next {@link #run} does first, counted from 0
   * @throws IllegalArgumentException if there are fewer or more moments than the rule keeps
   */
  void restore(Parameters parameters, List<Parameters> moments, long step);

  /** The same from moments of +0, which every training starts with. */
  default void restore(Parameters parameters, long step) {
    restore(parameters, List.of(), step);
  }

  /** The first step, counted from 0, whose loss was not finite. */
  OptionalLong stoppedAt();

  /** Mean loss and accuracy of the present parameters over some rows. */
  Evaluation evaluate(Examples examples);

  @Override
  void close();
}
