package dev.lockstep.cpu;

/**
 * The inner loop of a product. It holds one tile of C in registers and adds the terms of one panel.
 *
 * <p>The vector width decides the size of the tile. It is a constant, so the choice costs nothing
 * at run time. To add a tile of another size, write a sibling of {@link Tile8x2} and add a case
 * here.
 */
final class MicroKernel {
  /** Whether vectors have 64 bytes. Such processors have 32 vector registers. */
  static final boolean WIDE = Lanes.SPECIES.vectorBitSize() == 512;

  /** The rows of a tile. */
  static final int ROWS = WIDE ? Tile8x2.ROWS : Tile4x2.ROWS;

  /** The columns of a tile. */
  static final int COLUMNS = WIDE ? Tile8x2.COLUMNS : Tile4x2.COLUMNS;

  /** The start of chains without a term yet, for a stride of 0. */
  static final float[] ZEROS = new float[COLUMNS];

  private MicroKernel() {}

  /**
   * Continues the chains of a tile: {@code c[i][j] = fma(a[i][k], b[k][j], c[i][j])} with k
   * ascending from 0 to {@code terms - 1}, each c[i][j] a chain of its own.
   *
   * <p>All chains start at the numbers in {@code start}, even those without a term yet: with a
   * second way of loading them HotSpot would keep the accumulators in memory.
   *
   * @param a packed [terms][{@link #ROWS}], from float {@code aAt}
   * @param b packed [terms][{@link #COLUMNS}], from float {@code bAt}
   * @param start the chains so far, [ROWS][COLUMNS], rows {@code startStride} apart, from {@code
   *     startAt}: {@link #ZEROS} or the result of the last panel
   * @param c receives the chains, [ROWS][COLUMNS], rows {@code cStride} apart, from {@code cAt}
   */
  static void run(
      int terms,
      Packed a,
      int aAt,
      Packed b,
      int bAt,
      float[] start,
      int startAt,
      int startStride,
      float[] c,
      int cAt,
      int cStride) {
    if (WIDE) {
      Tile8x2.run(
          terms, a.memory(), aAt, b.memory(), bAt, start, startAt, startStride, c, cAt, cStride);
    } else {
      Tile4x2.run(
          terms, a.array(), aAt, b.array(), bAt, start, startAt, startStride, c, cAt, cStride);
    }
  }
}
