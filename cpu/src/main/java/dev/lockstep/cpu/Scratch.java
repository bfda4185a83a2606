package dev.lockstep.cpu;

/**
 * The memory in which one worker computes regions of a product. It grows to the largest region seen
 * and never shrinks.
 */
final class Scratch {
  private Packed left = Packed.NONE;
  private Packed right = Packed.NONE;
  private float[] partial = {};
  private float[] stripe = {};

  /** Memory for a packed part of A. */
  Packed left(int floats) {
    left = grown(left, floats);
    return left;
  }

  /** Memory for a packed part of B. */
  Packed right(int floats) {
    right = grown(right, floats);
    return right;
  }

  /** Memory for unfinished chains. */
  float[] partial(int floats) {
    partial = grown(partial, floats);
    return partial;
  }

  /** Memory for a row of tiles. */
  float[] stripe(int floats) {
    stripe = grown(stripe, floats);
    return stripe;
  }

  private static Packed grown(Packed memory, int floats) {
    return memory.holds(floats) ? memory : Packed.of(floats);
  }

  private static float[] grown(float[] memory, int floats) {
    return memory.length >= floats ? memory : new float[floats];
  }
}
