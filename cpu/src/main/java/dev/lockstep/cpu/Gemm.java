package dev.lockstep.cpu;

import static dev.lockstep.cpu.Blocking.evenShare;
import static dev.lockstep.cpu.Blocking.roundUp;

import dev.lockstep.backend.ProductForm;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Products of matrices in canonical order: {@code C[m][n] = op(A)[m][k] op(B)[k][n]}, row-major.
 *
 * <p>Each element of C is one chain, {@code acc = +0; acc = fma(A[i][k], B[k][j], acc)} with k
 * ascending: no split of k, no term that is not there, no term left out. So the bits are those of
 * three nested scalar loops, whatever the shape, the number of threads and the width of a vector.
 * Speed comes only from what leaves the chains alone: many outputs at a time in registers, k in
 * panels that take up each chain where the last panel left it in C, threads that share out the
 * outputs.
 *
 * <p>The work, from the outside in (after Goto and van de Geijn, Anatomy of High-Performance Matrix
 * Multiplication, 2008):
 *
 * <ol>
 *   <li>Tasks: the regions of a {@link Grid} over C. The workers take tasks from a common counter,
 *       so one that starts late or is interrupted takes fewer. No task waits for another.
 *   <li>Panels of at most {@value Blocking#PANEL_DEPTH} terms. B's is packed for the whole region.
 *   <li>Strips of at most {@value Blocking#STRIP_ROWS} rows. A's is packed just before it is used:
 *       packing all of A first would send it to memory and back.
 *   <li>Blocks of at most {@value Blocking#BLOCK_ROWS} rows, and in them the tiles of the {@link
 *       MicroKernel}; after the last panel the epilogue passes over the block.
 * </ol>
 *
 * <p>Not for several threads at a time: the packed operands lie in scratch memory owned by this
 * object, which grows to the largest product seen.
 */
final class Gemm {
  private static final int LINE_BYTES = 64;

  private static final int ROWS = MicroKernel.ROWS;
  private static final int COLUMNS = MicroKernel.COLUMNS;

  private final Workers workers;

  /** The packed strip of A of each worker. */
  private final MemorySegment[] left;

  /** The packed panel of B of each worker. */
  private final MemorySegment[] right;

  /** A tile for each worker that stands in for one that C's edge cuts. */
  private final float[][] edge;

  /**
   * Multiplies with the threads of a team.
   *
   * @param workers stays the caller's to close
   */
  Gemm(Workers workers) {
    this.workers = workers;
    left = new MemorySegment[workers.count()];
    Arrays.fill(left, MemorySegment.NULL);
    right = new MemorySegment[workers.count()];
    Arrays.fill(right, MemorySegment.NULL);
    edge = new float[workers.count()][ROWS * COLUMNS];
  }

  /**
   * Overwrites C with the product and applies the epilogue to each finished region of it, once.
   *
   * @param m rows of C, at least 1
   * @param n columns of C, at least 1
   * @param k terms of each chain; 0 makes C all +0
   * @param a the left operand, as {@code form} stores it; it may be longer than m k
   * @param b the right operand, as {@code form} stores it; it may be longer than k n
   * @param c the product [m][n]; it may be longer than m n and must not be a or b
   * @throws IllegalArgumentException if a size is out of range or an array too short for it
   */
  void multiply(
      ProductForm form, int m, int n, int k, float[] a, float[] b, float[] c, Epilogue epilogue) {
    check(form, m, n, k, a, b, c);
    if (k == 0) {
      Arrays.fill(c, 0, m * n, 0f);
      epilogue.apply(c, 0, m, 0, n, n);
      return;
    }
    boolean alone = workers.count() == 1 || (double) m * n * k < Blocking.ALONE_BELOW;
    Grid grid = Grid.of(m, n, alone ? 1 : Blocking.TASKS_PER_WORKER * workers.count());
    Product product =
        new Product(
            m, n, k, Operand.left(form, m, k, a), Operand.right(form, n, k, b), c, epilogue);
    if (alone) {
      for (int task = 0; task < grid.tasks(); task++) {
        product.task(0, grid.region(task));
      }
      return;
    }
    AtomicInteger next = new AtomicInteger();
    workers.run(
        (worker, all) -> {
          for (int task; (task = next.getAndIncrement()) < grid.tasks(); ) {
            product.task(worker, grid.region(task));
          }
        });
  }

  private static void check(
      ProductForm form, int m, int n, int k, float[] a, float[] b, float[] c) {
    boolean fits =
        m >= 1
            && n >= 1
            && k >= 0
            && (long) m * k <= a.length
            && (long) k * n <= b.length
            && (long) m * n <= c.length;
    if (!fits) {
      throw new IllegalArgumentException(
          "arrays of %d, %d and %d floats cannot hold A, B and C of the product %s with m=%d n=%d k=%d"
              .formatted(a.length, b.length, c.length, form, m, n, k));
    }
    if (c == a || c == b) {
      throw new IllegalArgumentException("the product cannot overwrite its own operand");
    }
  }

  /** One call of {@link #multiply}. */
  private final class Product {
    private final int n;
    private final int k;
    private final Operand leftOperand;
    private final Operand rightOperand;
    private final float[] c;
    private final Epilogue epilogue;

    Product(
        int m,
        int n,
        int k,
        Operand leftOperand,
        Operand rightOperand,
        float[] c,
        Epilogue epilogue) {
      this.n = n;
      this.k = k;
      this.leftOperand = leftOperand;
      this.rightOperand = rightOperand;
      this.c = c;
      this.epilogue = epilogue;
    }

    /** Computes a region of C. */
    void task(int worker, Grid.Region region) {
      int panelDepth = evenShare(k, Blocking.PANEL_DEPTH, 1);
      int stripRows = evenShare(region.rows(), Blocking.STRIP_ROWS, ROWS);
      left[worker] = grown(left[worker], stripRows * panelDepth);
      right[worker] = grown(right[worker], roundUp(region.columns(), COLUMNS) * panelDepth);
      for (int k0 = 0; k0 < k; k0 += panelDepth) {
        int terms = Math.min(panelDepth, k - k0);
        rightOperand.pack(region.column0(), region.columns(), k0, terms, right[worker], COLUMNS);
        int row1 = region.row0() + region.rows();
        for (int row0 = region.row0(); row0 < row1; row0 += stripRows) {
          int rows = Math.min(stripRows, row1 - row0);
          leftOperand.pack(row0, rows, k0, terms, left[worker], ROWS);
          strip(worker, row0, rows, region, k0, terms);
        }
      }
    }

    /** Adds the terms of one panel to the rows of one strip, block by block. */
    private void strip(
        int worker, int strip0, int stripRows, Grid.Region region, int k0, int terms) {
      int column0 = region.column0();
      int column1 = column0 + region.columns();
      int blockRows = evenShare(stripRows, Blocking.BLOCK_ROWS, ROWS);
      for (int i = 0; i < stripRows; i += blockRows) {
        int row0 = strip0 + i;
        int row1 = Math.min(row0 + blockRows, strip0 + stripRows);
        for (int column = column0; column < column1; column += COLUMNS) {
          for (int row = row0; row < row1; row += ROWS) {
            tile(
                worker,
                terms,
                (row - strip0) * terms,
                (column - column0) * terms,
                row * n + column,
                Math.min(ROWS, row1 - row),
                Math.min(COLUMNS, column1 - column),
                k0 > 0);
          }
        }
        if (k0 + terms == k) {
          epilogue.apply(c, row0, row1, column0, column1, n);
        }
      }
    }

    private void tile(
        int worker,
        int terms,
        int leftAt,
        int rightAt,
        int cAt,
        int tileRows,
        int tileColumns,
        boolean resume) {
      MemorySegment a = left[worker];
      MemorySegment b = right[worker];
      if (tileRows == ROWS && tileColumns == COLUMNS) {
        MicroKernel.run(terms, a, leftAt, b, rightAt, c, cAt, n, resume);
        return;
      }
      float[] whole = edge[worker];
      for (int i = 0; resume && i < tileRows; i++) {
        System.arraycopy(c, cAt + i * n, whole, i * COLUMNS, tileColumns);
      }
      MicroKernel.run(terms, a, leftAt, b, rightAt, whole, 0, COLUMNS, resume);
      for (int i = 0; i < tileRows; i++) {
        System.arraycopy(whole, i * COLUMNS, c, cAt + i * n, tileColumns);
      }
    }
  }

  /**
   * Returns the scratch memory itself or, if it is too small, a new one. It lies outside the heap
   * because there it can start at a cache line: where vectors straddle two lines the tiles take 5
   * to 10 percent longer. The garbage collector frees it with its last user.
   */
  private static MemorySegment grown(MemorySegment scratch, int floats) {
    long bytes = (long) floats * Float.BYTES;
    return scratch.byteSize() >= bytes ? scratch : Arena.ofAuto().allocate(bytes, LINE_BYTES);
  }
}
