package dev.lockstep.model;

import java.util.List;

/**
 * The state of a training: everything that the next step depends on, except the scenario.
 *
 * @param parameters after the last step
 * @param moments the optimiser's moments of the learned parameters, one entry per moment
 * @param step the next step, from 0
 */
public record TrainingState(Parameters parameters, List<Parameters> moments, long step) {

  /** The largest step that a file stores exactly: 2^53, as float64. */
  public static final long MOST_STEPS = 1L << 53;

  public TrainingState {
    moments = List.copyOf(moments);
    if (step < 0 || step > MOST_STEPS) {
      throw new IllegalArgumentException("step " + step);
    }
  }
}
