package dev.lockstep.cpu;

/**
 * The inner loop of a product: one tile of C, held in registers, takes up the terms of one panel.
 *
 * <p>The tile's size follows from the vector width, which is a constant; so the choice costs
 * nothing at run time. A tile of another size is a sibling of {@link Tile8x2} with a case here.
 */
final class MicroKernel {
  /** Whether vectors have 64 bytes, and there are 32 of them. */
  static final boolean WIDE = Lanes.SPECIES.vectorBitSize() == 512;

  /** Rows of a tile. */
  static final int ROWS = WIDE ? Tile8x2.ROWS : Tile4x2.ROWS;

  /** Columns of a tile. */
  static final int COLUMNS = WIDE ? Tile8x2.COLUMNS : Tile4x2.COLUMNS;

  /** Where chains start that have no term yet; with a stride of 0. */
  static final float[] ZEROS = new float[COLUMNS];

  private MicroKernel() {}

  /**
   * Continues the chains of a tile: {@code c[i][j] = fma(a[i][k], b[k][j], c[i][j])} with k
   * ascending from 0 to {@code terms - 1}, each c[i][j] a chain of its own.
   *
   * <p>All chains start at what {@code start} holds, also those without a term, because with a
   * second way of loading them the accumulators leave the registers.
   *
   * @param a packed [terms][{@link #ROWS}], from float {@code aOffset}
   * @param b packed [terms][{@link #COLUMNS}], from float {@code bOffset}
   * @param start the chains so far, [ROWS][COLUMNS], rows {@code startStride} apart, from {@code
   *     startOffset}: {@link #ZEROS}, or where the last terms have left them
   * @param c where the chains go, [ROWS][COLUMNS], rows {@code cStride} apart, from {@code cOffset}
   */
  static void run(
      int terms,
      Packed a,
      int aOffset,
      Packed b,
      int bOffset,
      float[] start,
      int startOffset,
      int startStride,
      float[] c,
      int cOffset,
      int cStride) {
    if (WIDE) {
      Tile8x2.run(
          terms,
          a.memory(),
          aOffset,
          b.memory(),
          bOffset,
          start,
          startOffset,
          startStride,
          c,
          cOffset,
          cStride);
    } else {
      Tile4x2.run(
          terms,
          a.array(),
          aOffset,
          b.array(),
          bOffset,
          start,
          startOffset,
          startStride,
          c,
          cOffset,
          cStride);
    }
  }
}
