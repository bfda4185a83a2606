package dev.lockstep.model;

import java.util.List;

/**
 * Where a training stands: all that its next step depends on, but for the scenario.
 *
 * @param parameters after the last step
 * @param moments what the optimiser's rule keeps of them
 * @param step the one that is due, counted from 0
 */
public record TrainingState(Parameters parameters, List<Parameters> moments, long step) {

  /** The largest step that a file holds exactly. */
  public static final long MOST_STEPS = 1L << 53;

  public TrainingState {
    moments = List.copyOf(moments);
    if (step < 0 || step > MOST_STEPS) {
      throw new IllegalArgumentException("step " + step);
    }
  }
}
