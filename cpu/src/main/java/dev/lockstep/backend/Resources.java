package dev.lockstep.backend;

import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;

/**
 * The resources that a trainer may use.
 *
 * @param threads worker threads of a CPU backend, including the caller's; results never depend on
 *     it
 * @param device number of the CUDA device, from 0
 */
public record Resources(int threads, int device) {

  private static final int MOST_THREADS = Limits.THREADS.count();

  public Resources {
    if (threads < 1 || threads > MOST_THREADS) {
      throw new InputException("resources", "threads", threads, "expected 1 to " + MOST_THREADS);
    }
    if (device < 0) {
      throw new InputException("resources", "device", device, "expected 0 or more");
    }
  }

  /** Creates resources with the first device. */
  public Resources(int threads) {
    this(threads, 0);
  }

  /** Returns all processors of this machine and its first device. */
  public static Resources ofThisMachine() {
    return new Resources(Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()));
  }
}
