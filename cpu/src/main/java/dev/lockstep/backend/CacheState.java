package dev.lockstep.backend;

import dev.lockstep.input.Labelled;
import java.util.Locale;

/** Where the operands of something that is timed lie before a call. */
public enum CacheState implements Labelled {
  /** Each call works on the same arrays: caches hold of them what they can. */
  WARM,
  /**
   * Each call works on other arrays than the calls before it; all together are twice as large as
   * the caches, so that none is there any more when its turn comes again.
   */
  COLD;

  private static final int TIMES_THE_CACHE = 2;

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * How many sets of arrays this takes.
   *
   * @param cacheBytes of the last-level caches that can hold them
   * @param setBytes of one set
   */
  public int sets(long cacheBytes, long setBytes) {
    return switch (this) {
      case WARM -> 1;
      case COLD ->
          Math.toIntExact(
              Math.max(2, Math.ceilDiv(TIMES_THE_CACHE * cacheBytes, Math.max(1, setBytes))));
    };
  }
}
