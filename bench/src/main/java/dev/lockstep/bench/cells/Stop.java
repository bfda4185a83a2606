package dev.lockstep.bench.cells;

import java.util.Optional;
import java.util.OptionalLong;

/** Where training has to stop: at the first step whose loss is not finite. */
final class Stop {

  private Stop() {}

  /**
   * Returns what is wrong about a trainer's stop; empty if nothing is.
   *
   * @param owed the first step, from 1, whose loss was not finite
   * @param stopped the step, from 1, at which the trainer says it stopped
   */
  static Optional<String> wrong(OptionalLong owed, OptionalLong stopped) {
    if (owed.equals(stopped)) {
      return Optional.empty();
    }
    String said =
        "training "
            + (stopped.isPresent() ? "stopped at step " + stopped.getAsLong() : "did not stop");
    return Optional.of(
        owed.isPresent()
            ? "the loss was not finite at step " + owed.getAsLong() + ", but " + said
            : said + ", although every loss was finite");
  }
}
