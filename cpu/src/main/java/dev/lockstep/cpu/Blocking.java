package dev.lockstep.cpu;

/**
 * How a product is cut into parts, and why into these. The parts follow {@link Gemm} from the
 * inside out; none of them shows in a result.
 */
final class Blocking {
  /**
   * Terms a tile adds before the next tile has its turn. The part of B that the tiles of a block
   * share, 256 terms by 2 vectors of 16 floats, fills 32 KiB and the part of A of one tile another
   * 8 KiB: they fit into an L1 cache of 48 KiB. Longer panels stream B from L2, shorter ones load
   * and store C more often; from 256 to 512 the difference is small.
   */
  static final int PANEL_DEPTH = 256;

  /**
   * Rows of a block; a multiple of the rows of every tile. The packed A of a block and a panel
   * takes 48 KiB, the block of C as much, and both are used again and again beside the slab of B.
   * Blocks of 384 rows, which fill an L2 cache of 1 MiB to the brim, were 10 to 20 percent slower
   * on a Xeon with 2 MiB of it and other programs about.
   */
  static final int BLOCK_ROWS = 48;

  /**
   * Columns of a slab at most. Its packed B takes 1 MiB a panel and is shared by all blocks; each
   * slab packs A again. Half as many cost 1 to 2 percent, twice as many 6 at 2048^3.
   */
  static final int SLAB_COLUMNS = 1024;

  /**
   * Rows of a strip, whose packed A takes 768 KiB a panel and fits beside the slab of B into an L2
   * cache of 2 MiB; where L2 is smaller both stream from L3, each for many tiles. Where A is stored
   * transposed, a strip of fewer rows would read short pieces of many rows.
   */
  static final int STRIP_ROWS = 768;

  /**
   * Tasks for each worker of a team, so that one that falls behind can leave some to the others.
   */
  static final int TASKS_PER_WORKER = 2;

  /** Terms (m n k) below which the caller works alone: a hand-off would cost as much. */
  static final long ALONE_BELOW = 1 << 18;

  private Blocking() {}

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
