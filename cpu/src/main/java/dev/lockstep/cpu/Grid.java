package dev.lockstep.cpu;

import static dev.lockstep.cpu.Blocking.roundUp;
import static java.lang.Math.ceilDiv;

/**
 * The grid of regions into which C is cut for the workers: groups of rows by slabs of columns.
 *
 * <p>Each task packs the parts of A and B that it reads. So A is packed once per slab, and B once
 * per group. Among the grids with enough tasks the one that packs least is chosen.
 *
 * @param m rows of C
 * @param n columns of C
 * @param rows rows of a group, a multiple of the rows of a tile
 * @param columns columns of a slab, a multiple of the columns of a tile
 */
record Grid(int m, int n, int rows, int columns) {

  /**
   * A part of C.
   *
   * @param row0 its first row
   * @param rows the number of its rows
   * @param column0 its first column
   * @param columns the number of its columns
   */
  record Region(int row0, int rows, int column0, int columns) {
    /** An empty region. */
    static final Region NONE = new Region(0, 0, 0, 0);
  }

  /**
   * Chooses a grid for a number of tasks. It has that many regions or, if they would be too large,
   * a multiple, so that all workers get equal work. It has fewer if C has fewer tiles.
   */
  static Grid of(int m, int n, int tasks) {
    int fewestGroups = ceilDiv(m, Blocking.GROUP_ROWS);
    int fewestSlabs = ceilDiv(n, Blocking.SLAB_COLUMNS);
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
        roundUp(ceilDiv(m, bestGroups), MicroKernel.ROWS),
        roundUp(ceilDiv(n, bestSlabs), MicroKernel.COLUMNS));
  }

  /** The number of regions. */
  int tasks() {
    return ceilDiv(m, rows) * ceilDiv(n, columns);
  }

  /** The region of a task. The regions of one slab have consecutive numbers. */
  Region region(int task) {
    int groups = ceilDiv(m, rows);
    int row0 = task % groups * rows;
    int column0 = task / groups * columns;
    return new Region(row0, Math.min(rows, m - row0), column0, Math.min(columns, n - column0));
  }
}
