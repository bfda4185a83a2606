package dev.lockstep.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * What one worker keeps while it computes regions of a product. It grows to the largest region seen
 * and stays.
 *
 * <p>Packed operands lie outside the heap because there they can start at a cache line: where
 * vectors straddle two lines the tiles take 5 to 10 percent longer. The garbage collector frees
 * them with their last user.
 */
final class Scratch {
  private static final long LINE_BYTES = 64;

  private MemorySegment left = MemorySegment.NULL;
  private MemorySegment right = MemorySegment.NULL;
  private float[] partial = {};
  private float[] stripe = {};

  /** Room for a packed part of A. */
  MemorySegment left(int floats) {
    left = grown(left, floats);
    return left;
  }

  /** Room for a packed part of B. */
  MemorySegment right(int floats) {
    right = grown(right, floats);
    return right;
  }

  /** Room for the chains that have terms to come. */
  float[] partial(int floats) {
    partial = grown(partial, floats);
    return partial;
  }

  /** Room for a row of tiles. */
  float[] stripe(int floats) {
    stripe = grown(stripe, floats);
    return stripe;
  }

  private static MemorySegment grown(MemorySegment memory, int floats) {
    long bytes = (long) floats * Float.BYTES;
    return memory.byteSize() >= bytes ? memory : Arena.ofAuto().allocate(bytes, LINE_BYTES);
  }

  private static float[] grown(float[] memory, int floats) {
    return memory.length >= floats ? memory : new float[floats];
  }
}
