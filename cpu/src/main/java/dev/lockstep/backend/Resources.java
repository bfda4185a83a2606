package dev.lockstep.backend;

import dev.lockstep.input.InputException;

/**
 * What a trainer may use.
 *
 * @param threads worker threads of a CPU backend, the caller's included; bits never depend on it
 * @param device number of the CUDA device, from 0
 */
public record Resources(int threads, int device) {

  /** More threads than any machine this is meant for. */
  private static final int MOST_THREADS = 1024;

  public Resources {
    if (threads < 1 || threads > MOST_THREADS) {
      throw new InputException("resources", "threads", threads, "expected 1 to " + MOST_THREADS);
    }
    if (device < 0) {
      throw new InputException("resources", "device", device, "expected 0 or more");
    }
  }

  /** So many threads, and the first device. */
  public Resources(int threads) {
    this(threads, 0);
  }

  /** All processors of the machine, and its first device. */
  public static Resources ofThisMachine() {
    return new Resources(Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()));
  }
}
