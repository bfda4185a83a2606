package dev.lockstep.cpu;

/**
 * The sizes of the parts into which {@link Gemm} cuts a product, from the inside out, with the
 * reason for each. They have no influence on a result.
 */
final class Blocking {
  /**
   * The most terms that a tile adds before the next tile's turn, enough for a wide layer. Starting
   * and ending a tile costs as much as about ten terms, which showed at 256 terms. Each panel after
   * the first also loads the chains that the last one has stored.
   */
  static final int PANEL_DEPTH = 1024;

  /**
   * The most floats of a chunk's packed part of B, which are 384 KiB. Every row of tiles reads it
   * from the L2 cache once. Together with the packed rows of A it must fit that cache.
   */
  static final int CHUNK_FLOATS = 3 << 15;

  /**
   * The most rows of a region, a multiple of the rows of every tile. The packed A of a region, 4
   * MiB per panel, is read once for each chunk. It may lie in a slow cache, because computing a
   * tile takes much longer than loading its rows. Each group of rows packs B again.
   */
  static final int GROUP_ROWS = 1032;

  /**
   * The most columns of a region, a multiple of the columns of every tile. Rows and columns bound
   * the memory for chains between panels. Each slab of columns packs A again.
   */
  static final int SLAB_COLUMNS = 2048;

  /**
   * The least size (m n k) of a task for which there are more tasks than workers, so that a worker
   * that falls behind can leave some to the others. Smaller tasks pack more and gain less.
   */
  static final long SPARE_TASK_TERMS = 1 << 29;

  /** The size (m n k) below which the caller works alone, because a hand-off would cost as much. */
  static final long ALONE_BELOW = 1 << 18;

  private Blocking() {}

  /** The columns of a chunk, in whole tiles, of at most {@link #CHUNK_FLOATS} at that depth. */
  static int chunkColumns(int columns, int depth) {
    int tiles = Math.max(1, CHUNK_FLOATS / depth / MicroKernel.COLUMNS);
    return evenShare(columns, tiles * MicroKernel.COLUMNS, MicroKernel.COLUMNS);
  }

  /** The least number of tasks of a product for a team; 1 is for the caller alone. */
  static int tasks(Product product, int workers) {
    double terms = (double) product.m() * product.n() * product.k();
    if (workers == 1 || terms < ALONE_BELOW) {
      return 1;
    }
    return terms / (2 * workers) < SPARE_TASK_TERMS ? workers : 2 * workers;
  }

  /** Rounds a value up to a multiple of {@code step}. */
  static int roundUp(int value, int step) {
    return Math.ceilDiv(value, step) * step;
  }

  /** The size of equal parts of at most {@code most}, rounded up to a multiple of {@code step}. */
  static int evenShare(int total, int most, int step) {
    return roundUp(Math.ceilDiv(total, Math.ceilDiv(total, most)), step);
  }
}
