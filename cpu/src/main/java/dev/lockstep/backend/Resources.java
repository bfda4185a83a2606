package dev.lockstep.backend;

import dev.lockstep.model.InputException;

/**
 * What a trainer may use.
 *
 * @param threads worker threads of a CPU backend, the caller's included; bits never depend on it
 */
public record Resources(int threads) {

  /** More threads than any machine this is meant for. */
  private static final int MOST_THREADS = 1024;

  public Resources {
    if (threads < 1 || threads > MOST_THREADS) {
      throw new InputException("resources", "threads", threads, "expected 1 to " + MOST_THREADS);
    }
  }

  /** All processors of the machine. */
  public static Resources ofThisMachine() {
    return new Resources(Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()));
  }
}
