package dev.lockstep.bench.timing;

import java.time.Duration;

/**
 * How something is timed: warmed up, then in windows of several calls, of which the median counts.
 *
 * @param warmUp at least so long
 * @param windows how many; odd, so that the median is one of them
 * @param window how long one should last
 */
public record Protocol(Duration warmUp, int windows, Duration window) {

  /** For a GPU whose clock has to settle, within a budget of minutes. */
  public static final Protocol USUAL =
      new Protocol(Duration.ofMillis(500), 7, Duration.ofMillis(60));

  private static final int MOST_CALLS = 2000;

  /** Calls of a window, from what one call took. */
  int calls(double millisecondsPerCall) {
    return (int)
        Math.clamp(window.toNanos() * 1e-6 / Math.max(1e-6, millisecondsPerCall), 1, MOST_CALLS);
  }
}
