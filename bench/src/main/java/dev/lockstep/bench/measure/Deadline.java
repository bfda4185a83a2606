package dev.lockstep.bench.measure;

import java.time.Duration;
import java.util.Optional;

/**
 * Until when forks may begin.
 *
 * @param start of the run, by System.nanoTime
 * @param budget from then on; without one there is no end
 */
record Deadline(long start, Optional<Duration> budget) {

  static Deadline in(Optional<Duration> budget) {
    return new Deadline(System.nanoTime(), budget);
  }

  /** Whether what takes so long would end too late. */
  boolean passesWithin(double seconds) {
    return budget.isPresent() && System.nanoTime() - start + seconds * 1e9 > budget.get().toNanos();
  }

  /** Why something begins no more. */
  String reason() {
    return "the budget of " + text(budget.orElse(Duration.ZERO).toSeconds()) + " is used up";
  }

  /** {@code 90 s}, {@code 8 min 20 s}. */
  static String text(long seconds) {
    return seconds < 120 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
  }
}
