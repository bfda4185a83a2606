package dev.lockstep.bench.timing;

import java.time.Duration;

/**
 * How work is timed: after a warm-up, in windows of several calls. The median of the windows
 * counts.
 *
 * @param warmUp minimum duration of the warm-up
 * @param windows number of windows; odd, so that the median is one of them
 * @param window target duration of a window
 */
public record Protocol(Duration warmUp, int windows, Duration window) {

  /** Lets the clock of a GPU settle, and fits into a budget of minutes. */
  public static final Protocol USUAL =
      new Protocol(Duration.ofMillis(500), 7, Duration.ofMillis(60));

  private static final int MOST_CALLS = 2000;

  /** Returns the number of calls in a window, given the time of one call. */
  int calls(double millisecondsPerCall) {
    return (int)
        Math.clamp(window.toNanos() * 1e-6 / Math.max(1e-6, millisecondsPerCall), 1, MOST_CALLS);
  }
}
