package dev.lockstep.cpu;

import java.lang.foreign.MemorySegment;

/**
 * The inner loop of a product: one tile of C, held in registers, takes up the terms of one panel.
 *
 * <p>The tile's size follows from the vector width, which is a constant; so the choice costs
 * nothing at run time. A tile of another size is a sibling of {@link Tile8x2} with a case here.
 */
final class MicroKernel {
  private static final boolean WIDE = Lanes.SPECIES.vectorBitSize() == 512;

  /** Rows of a tile. */
  static final int ROWS = WIDE ? Tile8x2.ROWS : Tile6x2.ROWS;

  /** Columns of a tile. */
  static final int COLUMNS = WIDE ? Tile8x2.COLUMNS : Tile6x2.COLUMNS;

  private MicroKernel() {}

  /**
   * Continues the chains of a tile: {@code c[i][j] = fma(a[i][k], b[k][j], c[i][j])} with k
   * ascending from 0 to {@code terms - 1}, each c[i][j] a chain of its own.
   *
   * @param a packed [terms][{@link #ROWS}], from float {@code aOffset}
   * @param b packed [terms][{@link #COLUMNS}], from float {@code bOffset}
   * @param c the tile [ROWS][COLUMNS], its rows {@code cStride} apart, from {@code cOffset}
   * @param resume whether the chains go on from what c holds; otherwise they start at +0
   */
  static void run(
      int terms,
      MemorySegment a,
      long aOffset,
      MemorySegment b,
      long bOffset,
      float[] c,
      int cOffset,
      int cStride,
      boolean resume) {
    if (WIDE) {
      Tile8x2.run(terms, a, aOffset, b, bOffset, c, cOffset, cStride, resume);
    } else {
      Tile6x2.run(terms, a, aOffset, b, bOffset, c, cOffset, cStride, resume);
    }
  }
}
