package dev.lockstep.cpu;

/**
 * How a product is cut into parts, and why into these. The parts follow {@link Gemm} from the
 * inside out; none of them shows in a result.
 */
final class Blocking {
  /**
   * Terms a tile adds before the next tile has its turn: all, up to a wide layer. To begin and to
   * end a tile takes as long as some ten terms, so at 256 terms it showed; and each panel but the
   * first loads the chains where the last has stored them.
   */
  static final int PANEL_DEPTH = 1024;

  /**
   * Floats of a chunk's packed part of B, 384 KiB. Every row of tiles streams it from the L2 cache
   * once; with the packed rows of A that pass by it must not outgrow that.
   */
  static final int CHUNK_FLOATS = 3 << 15;

  /**
   * Rows of a region at most; a multiple of the rows of every tile. Its packed A, 4 MiB a panel,
   * streams by once for each chunk, from wherever it lies: a tile is computed for much longer than
   * its rows take to come. Each group of rows packs B again.
   */
  static final int GROUP_ROWS = 1032;

  /**
   * Columns of a region at most; a multiple of the columns of every tile. They and the rows bound
   * the memory for chains between panels. Each slab packs A again.
   */
  static final int SLAB_COLUMNS = 2048;

  /**
   * Terms (m n k) of a task that is worth having more tasks than workers, so that one that falls
   * behind can leave some to the others. Smaller tasks pack more and gain less.
   */
  static final long SPARE_TASK_TERMS = 1 << 29;

  /** Terms (m n k) below which the caller works alone: a hand-off would cost as much. */
  static final long ALONE_BELOW = 1 << 18;

  private Blocking() {}

  /** The columns of a chunk, in whole tiles, at most {@link #CHUNK_FLOATS} for a panel so deep. */
  static int chunkColumns(int columns, int depth) {
    int tiles = Math.max(1, CHUNK_FLOATS / depth / MicroKernel.COLUMNS);
    return evenShare(columns, tiles * MicroKernel.COLUMNS, MicroKernel.COLUMNS);
  }

  /** How many tasks a product should have at least for a team; 1 is for the caller alone. */
  static int tasks(Product product, int workers) {
    double terms = (double) product.m() * product.n() * product.k();
    if (workers == 1 || terms < ALONE_BELOW) {
      return 1;
    }
    return terms / (2 * workers) < SPARE_TASK_TERMS ? workers : 2 * workers;
  }

  /** How many parts of size {@code part} it takes to cover {@code total}. */
  static int parts(int total, int part) {
    return (int) (((long) total + part - 1) / part);
  }

  /** The least multiple of {@code step} that is not below {@code value}. */
  static int roundUp(int value, int step) {
    return parts(value, step) * step;
  }

  /** The size of equal parts of at most {@code most}, rounded up to a multiple of {@code step}. */
  static int evenShare(int total, int most, int step) {
    return roundUp(parts(total, parts(total, most)), step);
  }
}
