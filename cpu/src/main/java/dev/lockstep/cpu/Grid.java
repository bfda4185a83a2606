package dev.lockstep.cpu;

import static dev.lockstep.cpu.Blocking.parts;
import static dev.lockstep.cpu.Blocking.roundUp;

/**
 * How the regions of C are cut that the workers share out: row groups by slabs of columns.
 *
 * <p>Each task packs what it reads of A and of B for itself, so A is packed once for each slab and
 * B once for each group. Of the grids that have enough tasks the one is taken that packs least.
 *
 * @param m rows of C
 * @param n columns of C
 * @param rows of a group, a multiple of the rows of a tile
 * @param columns of a slab, a multiple of the columns of a tile
 */
record Grid(int m, int n, int rows, int columns) {

  /**
   * A part of C.
   *
   * @param row0 its first row
   * @param column0 its first column
   */
  record Region(int row0, int rows, int column0, int columns) {
    /** Nothing of C. */
    static final Region NONE = new Region(0, 0, 0, 0);
  }

  /**
   * A grid of as many regions as there are tasks or, where these would be too large, of a multiple,
   * so that all workers have as much to do; of fewer if C has not as many tiles.
   */
  static Grid of(int m, int n, int tasks) {
    int fewestGroups = parts(m, Blocking.GROUP_ROWS);
    int fewestSlabs = parts(n, Blocking.SLAB_COLUMNS);
    int bestGroups = 0;
    int bestSlabs = 0;
    long best = Long.MAX_VALUE;
    for (int groups = fewestGroups; groups < fewestGroups + tasks; groups++) {
      int slabs = fewestSlabs;
      while ((long) groups * slabs % tasks != 0) {
        slabs++;
      }
      long packed = (long) slabs * m + (long) groups * n;
      if (packed < best) {
        best = packed;
        bestGroups = groups;
        bestSlabs = slabs;
      }
    }
    return new Grid(
        m,
        n,
        roundUp(parts(m, bestGroups), MicroKernel.ROWS),
        roundUp(parts(n, bestSlabs), MicroKernel.COLUMNS));
  }

  /** The number of regions. */
  int tasks() {
    return parts(m, rows) * parts(n, columns);
  }

  /** The region of that number: those of one slab follow each other. */
  Region region(int task) {
    int groups = parts(m, rows);
    int row0 = task % groups * rows;
    int column0 = task / groups * columns;
    return new Region(row0, Math.min(rows, m - row0), column0, Math.min(columns, n - column0));
  }
}
