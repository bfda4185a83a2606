package dev.lockstep.agreement;

import java.util.Arrays;
import java.util.List;

/**
 * Counts how much of their bounds errors use, in bins of powers of two.
 *
 * <p>The first bin counts shares of 0, and of less than 2^-20; bin i, from 1 to 20, those from
 * 2^(i-21) up to 2^(i-20); the last those of 1 and more.
 */
public final class ShareHistogram {

  /** The number of bins. */
  public static final int BINS = 22;

  private final long[] counts = new long[BINS];

  void add(double share) {
    counts[bin(share)]++;
  }

  static int bin(double share) {
    return share >= 1 ? BINS - 1 : Math.max(0, Math.getExponent(share) + BINS - 1);
  }

  /** Returns the number of shares in each bin. */
  List<Long> counts() {
    return Arrays.stream(counts).boxed().toList();
  }
}
