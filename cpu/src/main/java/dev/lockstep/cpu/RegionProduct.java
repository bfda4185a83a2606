package dev.lockstep.cpu;

import static dev.lockstep.cpu.Blocking.evenShare;
import static dev.lockstep.cpu.Blocking.roundUp;

/**
 * Computes regions of a {@link Product} one after the other, as {@link Gemm} describes, in the
 * scratch memory of one worker.
 */
final class RegionProduct {
  private static final int ROWS = MicroKernel.ROWS;
  private static final int COLUMNS = MicroKernel.COLUMNS;

  private final Product product;
  private final Scratch scratch;

  /** The most terms of a panel. */
  private final int depth;

  private Grid.Region region = Grid.Region.NONE;

  /** The most columns of a chunk, in whole tiles. */
  private int chunkColumns;

  /** The rows of the region, rounded up to whole tiles. */
  private int wholeRows;

  /** The packed panel of A. */
  private Packed left = Packed.NONE;

  /** The packed chunk of B. */
  private Packed right = Packed.NONE;

  /** The chains between two panels, tile by tile in the order of computation. */
  private float[] partial = {};

  /** A row of tiles, [ROWS][chunkColumns], for tiles that cannot be stored in C directly. */
  private float[] stripe = {};

  /** The first term of the current panel. */
  private int k0;

  /** The number of terms of the current panel. */
  private int terms;

  RegionProduct(Product product, Scratch scratch) {
    this.product = product;
    this.scratch = scratch;
    depth = evenShare(product.k(), Blocking.PANEL_DEPTH, 1);
  }

  /** Computes one region and stores it in C or, if there is no C, passes it to the epilogue. */
  void compute(Grid.Region next) {
    region = next;
    wholeRows = roundUp(region.rows(), ROWS);
    chunkColumns = Blocking.chunkColumns(region.columns(), depth);
    left = scratch.left(wholeRows * depth);
    right = scratch.right(chunkColumns * depth);
    boolean onePanel = depth == product.k();
    partial = scratch.partial(onePanel ? 0 : wholeRows * roundUp(region.columns(), COLUMNS));
    stripe = scratch.stripe(ROWS * chunkColumns);
    for (k0 = 0; k0 < product.k(); k0 += terms) {
      terms = Math.min(depth, product.k() - k0);
      product.left().pack(region.row0(), region.rows(), k0, terms, left, ROWS);
      for (int chunk0 = 0; chunk0 < region.columns(); chunk0 += chunkColumns) {
        int columns = Math.min(chunkColumns, region.columns() - chunk0);
        product.right().pack(region.column0() + chunk0, columns, k0, terms, right, COLUMNS);
        chunk(chunk0, columns);
      }
    }
  }

  /**
   * Adds the terms of the panel to the columns of a chunk.
   *
   * @param chunk0 the chunk's first column, counted from the region's first
   */
  private void chunk(int chunk0, int columns) {
    boolean last = k0 + terms == product.k();
    int partialAt = chunk0 * wholeRows;
    for (int i = 0; i < region.rows(); i += ROWS) {
      for (int j = 0; j < columns; j += COLUMNS) {
        if (last) {
          lastTile(i, chunk0, j, Math.min(COLUMNS, columns - j), partialAt);
        } else {
          tile(i, j, partialAt, partial, partialAt, COLUMNS);
        }
        partialAt += ROWS * COLUMNS;
      }
      if (last && product.c() == null) {
        show(i, chunk0, columns);
      }
    }
  }

  /** Adds the last terms of a tile and stores the part of it that lies inside C. */
  private void lastTile(int i, int chunk0, int j, int columns, int partialAt) {
    float[] c = product.c();
    int n = product.n();
    int cAt = (region.row0() + i) * n + region.column0() + chunk0 + j;
    int rows = Math.min(ROWS, region.rows() - i);
    if (c != null && rows == ROWS && columns == COLUMNS) {
      tile(i, j, partialAt, c, cAt, n);
      return;
    }
    tile(i, j, partialAt, stripe, j, chunkColumns);
    for (int row = 0; c != null && row < rows; row++) {
      System.arraycopy(stripe, row * chunkColumns + j, c, cAt + row * n, columns);
    }
  }

  /** Adds the terms of the panel to the tile at row i of the region and column j of the chunk. */
  private void tile(int i, int j, int partialAt, float[] target, int at, int stride) {
    boolean resume = k0 > 0;
    MicroKernel.run(
        terms,
        left,
        i * terms,
        right,
        j * terms,
        resume ? partial : MicroKernel.ZEROS,
        resume ? partialAt : 0,
        resume ? COLUMNS : 0,
        target,
        at,
        stride);
  }

  /** Passes a finished row of tiles, which lies in the stripe, to the epilogue. */
  private void show(int i, int chunk0, int columns) {
    int row0 = region.row0() + i;
    int row1 = row0 + Math.min(ROWS, region.rows() - i);
    int column0 = region.column0() + chunk0;
    product.epilogue().apply(stripe, 0, chunkColumns, row0, row1, column0, column0 + columns);
  }
}
