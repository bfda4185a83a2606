package dev.lockstep.random;

import java.util.function.LongSupplier;

/**
 * The order of the training rows in an epoch: a Fisher-Yates shuffle driven by {@link Philox}.
 *
 * <h2>Definition</h2>
 *
 * Published results depend on this order, so it never changes:
 *
 * <ol>
 *   <li>Start from 0, 1, ..., n-1. For i from n-1 down to 1, draw j from 0..i and exchange the
 *       elements i and j.
 *   <li>Draw number d of an epoch (d = 0, 1, 2, ..., rejected draws count) is {@link Philox#bits}
 *       with counter (d, epoch bits 32-63, epoch bits 0-31, {@link Stream#SHUFFLE}).
 *   <li>A draw x becomes a number below the bound m = i + 1 as the high word of the 128-bit product
 *       x m, both unsigned; it is rejected, and the next draw taken, if the low word is below 2^64
 *       mod m. Every outcome then has the same number of x, so there is no bias (Lemire, "Fast
 *       random integer generation in an interval", 2019).
 * </ol>
 */
public final class Shuffle {

  private static final long LOW_WORD = 0xFFFF_FFFFL;

  private Shuffle() {}

  /**
   * Draws a permutation of 0..n-1.
   *
   * @param seed the seed of the run
   * @param epoch the number of the epoch; each epoch has its own permutation
   * @param n the number of rows
   * @throws IllegalArgumentException if n is negative
   */
  public static int[] permutation(long seed, long epoch, int n) {
    if (n < 0) {
      throw new IllegalArgumentException("cannot permute " + n + " rows");
    }
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    Draws draws = new Draws(seed, epoch);
    for (int i = n - 1; i >= 1; i--) {
      int j = below(i + 1, draws);
      int moved = order[i];
      order[i] = order[j];
      order[j] = moved;
    }
    return order;
  }

  /** Draws a number in 0..bound-1. It takes as many draws as necessary, almost always one. */
  static int below(int bound, LongSupplier draws) {
    long rejected = Long.remainderUnsigned(-(long) bound, bound);
    long draw = draws.getAsLong();
    while (Long.compareUnsigned(draw * bound, rejected) < 0) {
      draw = draws.getAsLong();
    }
    return (int) Math.unsignedMultiplyHigh(draw, bound);
  }

  /** The numbered draws of one epoch. */
  private static final class Draws implements LongSupplier {
    private final long seed;
    private final long epoch;
    private long number;

    Draws(long seed, long epoch) {
      this.seed = seed;
      this.epoch = epoch;
    }

    @Override
    public long getAsLong() {
      // The epoch takes the words of index and layer that a draw number cannot reach.
      long index = epoch & ~LOW_WORD | number & LOW_WORD;
      number++;
      return Philox.bits(seed, Stream.SHUFFLE, (int) epoch, index);
    }
  }
}
