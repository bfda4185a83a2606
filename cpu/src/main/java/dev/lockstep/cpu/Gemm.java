package dev.lockstep.cpu;

import static dev.lockstep.cpu.Blocking.evenShare;
import static dev.lockstep.cpu.Blocking.parts;
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
 *   <li>Chunks of at most {@value Blocking#CHUNK_ROWS} rows of C and {@value Blocking#CHUNK_DEPTH}
 *       terms. All workers together pack the chunk of A.
 *   <li>Tasks: a slab of columns by a group of rows. The workers take tasks from a common counter,
 *       so one that starts late or is interrupted takes fewer. Each packs the slab of B for itself.
 *   <li>Blocks of rows. A block of C stays in the L2 cache for all panels of the chunk, then the
 *       epilogue passes over it.
 *   <li>Panels of at most {@value Blocking#PANEL_DEPTH} terms, and in them the tiles of the {@link
 *       MicroKernel}.
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

  /** The packed chunk of A, panel after panel. */
  private MemorySegment left = MemorySegment.NULL;

  /** The packed slab of B of each worker, panel after panel. */
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
    Operand leftOperand = Operand.left(form, m, k, a);
    Operand rightOperand = Operand.right(form, n, k, b);
    boolean alone = (double) m * n * k < Blocking.ALONE_BELOW;
    int rows = evenShare(m, Blocking.CHUNK_ROWS, ROWS);
    int depth = evenShare(k, Blocking.CHUNK_DEPTH, 1);
    for (int row0 = 0, chunkRows; row0 < m; row0 += chunkRows) {
      chunkRows = Math.min(rows, m - row0);
      for (int k0 = 0, chunkDepth; k0 < k; k0 += chunkDepth) {
        chunkDepth = Math.min(depth, k - k0);
        Epilogue then = k0 + chunkDepth == k ? epilogue : Epilogue.NONE;
        new Chunk(row0, chunkRows, k0, chunkDepth, n, leftOperand, rightOperand, c, then)
            .multiply(alone);
      }
    }
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

  /** A part of the product: some rows of C, all its columns, some of its terms. */
  private final class Chunk {
    private final int row0;
    private final int rows;
    private final int k0;
    private final int depth;
    private final int n;
    private final Operand leftOperand;
    private final Operand rightOperand;
    private final float[] c;
    private final Epilogue epilogue;

    /** Terms of a panel; the last of the chunk may have fewer. */
    private final int panelDepth;

    /** The rows with those that fill up the last tile. */
    private final int paddedRows;

    Chunk(
        int row0,
        int rows,
        int k0,
        int depth,
        int n,
        Operand leftOperand,
        Operand rightOperand,
        float[] c,
        Epilogue epilogue) {
      this.row0 = row0;
      this.rows = rows;
      this.k0 = k0;
      this.depth = depth;
      this.n = n;
      this.leftOperand = leftOperand;
      this.rightOperand = rightOperand;
      this.c = c;
      this.epilogue = epilogue;
      panelDepth = evenShare(depth, Blocking.PANEL_DEPTH, 1);
      paddedRows = roundUp(rows, ROWS);
    }

    void multiply(boolean alone) {
      left = grown(left, paddedRows * depth);
      int tasks = alone ? 1 : Blocking.TASKS_PER_WORKER * workers.count();
      int packRows = roundUp(Math.min(Blocking.PACK_ROWS, parts(rows, tasks)), ROWS);
      forEach(
          alone,
          parts(rows, packRows),
          (piece, worker) ->
              packLeft(piece * packRows, Math.min(packRows, rows - piece * packRows)));

      int slabColumns = roundUp(Math.min(Blocking.SLAB_COLUMNS, parts(n, tasks)), COLUMNS);
      int slabs = parts(n, slabColumns);
      int groupRows =
          roundUp(Math.max(Blocking.GROUP_ROWS, parts(rows, parts(tasks, slabs))), ROWS);
      int groups = parts(rows, groupRows);
      forEach(
          alone,
          slabs * groups,
          (task, worker) -> {
            int column0 = task / groups * slabColumns;
            int group0 = task % groups * groupRows;
            task(
                worker,
                group0,
                Math.min(groupRows, rows - group0),
                column0,
                Math.min(slabColumns, n - column0));
          });
    }

    private void packLeft(int piece0, int pieceRows) {
      for (int p = 0; p < depth; p += panelDepth) {
        int terms = Math.min(panelDepth, depth - p);
        int at = paddedRows * p + piece0 * terms;
        leftOperand.pack(row0 + piece0, pieceRows, k0 + p, terms, left, at, ROWS);
      }
    }

    private void task(int worker, int group0, int groupRows, int column0, int columns) {
      int paddedColumns = roundUp(columns, COLUMNS);
      right[worker] = grown(right[worker], paddedColumns * depth);
      for (int p = 0; p < depth; p += panelDepth) {
        int terms = Math.min(panelDepth, depth - p);
        rightOperand.pack(
            column0, columns, k0 + p, terms, right[worker], paddedColumns * p, COLUMNS);
      }
      int blockRows = evenShare(groupRows, Blocking.BLOCK_ROWS, ROWS);
      int group1 = group0 + groupRows;
      for (int block0 = group0; block0 < group1; block0 += blockRows) {
        int block1 = Math.min(group1, block0 + blockRows);
        for (int p = 0; p < depth; p += panelDepth) {
          block(worker, block0, block1, column0, columns, p);
        }
        epilogue.apply(c, row0 + block0, row0 + block1, column0, column0 + columns, n);
      }
    }

    /** Adds the terms of the panel that starts at p to a block of C. */
    private void block(int worker, int block0, int block1, int column0, int columns, int p) {
      int terms = Math.min(panelDepth, depth - p);
      int leftPanel = paddedRows * p;
      int rightPanel = roundUp(columns, COLUMNS) * p;
      for (int j = 0; j < columns; j += COLUMNS) {
        for (int i = block0; i < block1; i += ROWS) {
          tile(
              terms,
              leftPanel + i * terms,
              worker,
              rightPanel + j * terms,
              (row0 + i) * n + column0 + j,
              Math.min(ROWS, block1 - i),
              Math.min(COLUMNS, columns - j),
              k0 + p > 0);
        }
      }
    }

    private void tile(
        int terms,
        int leftAt,
        int worker,
        int rightAt,
        int cAt,
        int tileRows,
        int tileColumns,
        boolean resume) {
      MemorySegment b = right[worker];
      if (tileRows == ROWS && tileColumns == COLUMNS) {
        MicroKernel.run(terms, left, leftAt, b, rightAt, c, cAt, n, resume);
        return;
      }
      float[] whole = edge[worker];
      for (int i = 0; resume && i < tileRows; i++) {
        System.arraycopy(c, cAt + i * n, whole, i * COLUMNS, tileColumns);
      }
      MicroKernel.run(terms, left, leftAt, b, rightAt, whole, 0, COLUMNS, resume);
      for (int i = 0; i < tileRows; i++) {
        System.arraycopy(whole, i * COLUMNS, c, cAt + i * n, tileColumns);
      }
    }
  }

  @FunctionalInterface
  private interface Piece {
    void run(int index, int worker);
  }

  /** Runs all pieces, each on the first worker that is free for it. */
  private void forEach(boolean alone, int count, Piece piece) {
    if (alone || count == 1) {
      for (int i = 0; i < count; i++) {
        piece.run(i, 0);
      }
      return;
    }
    AtomicInteger next = new AtomicInteger();
    workers.run(
        (worker, all) -> {
          for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
            piece.run(i, worker);
          }
        });
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
