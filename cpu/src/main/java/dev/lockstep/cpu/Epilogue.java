package dev.lockstep.cpu;

/**
 * Consumes a region of a product that is not stored, once its last term has been added: for
 * example, an update that uses it as a gradient.
 *
 * <p>The regions of one product cover its output exactly once. The thread that finished a region
 * applies the epilogue right away, while the region is still in its cache, so several threads may
 * be inside {@link #apply} at a time, each with a region of its own.
 */
@FunctionalInterface
interface Epilogue {
  /** Does nothing, for a product that is stored. */
  Epilogue NONE = (c, at, stride, row0, row1, column0, column1) -> {};

  /**
   * Reads rows {@code row0} to {@code row1 - 1}, columns {@code column0} to {@code column1 - 1} of
   * the product. Element (i, j) is {@code c[at + (i - row0) * stride + j - column0]}.
   */
  void apply(float[] c, int at, int stride, int row0, int row1, int column0, int column1);
}
