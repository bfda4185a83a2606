package dev.lockstep.cpu;

import dev.lockstep.backend.ProductForm;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Products of matrices in canonical order: {@code C[m][n] = op(A)[m][k] op(B)[k][n]}, row-major.
 *
 * <p>Each element of C is one chain, {@code acc = +0; acc = fma(A[i][k], B[k][j], acc)} with k
 * ascending: no split of k, no term that is not there, no term left out. So the bits are those of
 * three nested scalar loops, whatever the shape, the number of threads and the width of a vector.
 * Speed comes only from what leaves the chains alone: many outputs at a time in registers, k in
 * panels that take up each chain where the last panel left it, threads that share out the outputs.
 *
 * <p>The work, from the outside in (after Goto and van de Geijn, Anatomy of High-Performance Matrix
 * Multiplication, 2008, with the parts of A and B exchanged):
 *
 * <ol>
 *   <li>Tasks: the regions of a {@link Grid} over C. The workers take tasks from a common counter,
 *       so one that starts late or is interrupted takes fewer. No task waits for another.
 *   <li>Panels of at most {@value Blocking#PANEL_DEPTH} terms. A's is packed for the whole region.
 *   <li>Chunks of columns, whose part of B is packed just before it is used, and is used by all
 *       rows of the region while it lies in the cache of second level.
 *   <li>Rows of tiles of the {@link MicroKernel}; after the last panel the epilogue passes over
 *       each.
 * </ol>
 *
 * <p>Between two panels the chains lie tile by tile in memory of the worker's own. In C the rows of
 * a tile are a row of C apart, which for matrices a power of two wide puts all of them, and the
 * next tile's, at the same places in the cache: the tiles took 5 to 10 percent longer.
 *
 * <p>Not for several threads at a time: the scratch memory is owned by this object.
 */
final class Gemm {
  private final Workers workers;
  private final Scratch[] scratch;

  /**
   * Multiplies with the threads of a team.
   *
   * @param workers stays the caller's to close
   */
  Gemm(Workers workers) {
    this.workers = workers;
    scratch = new Scratch[workers.count()];
    Arrays.setAll(scratch, worker -> new Scratch());
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
    check(form, m, n, k, a, b);
    if ((long) m * n > c.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "an array of %d floats cannot hold C of the product %s with m=%d n=%d k=%d",
              c.length,
              form,
              m,
              n,
              k));
    }
    if (c == a || c == b) {
      throw new IllegalArgumentException("the product cannot overwrite its own operand");
    }
    if (k == 0) {
      Arrays.fill(c, 0, m * n, 0f);
      epilogue.apply(c, 0, n, 0, m, 0, n);
      return;
    }
    compute(
        new Product(
            m, n, k, Operand.left(form, m, k, a), Operand.right(form, n, k, b), c, epilogue));
  }

  /**
   * Shows each finished region of the product to the epilogue, once, and keeps nothing of it.
   *
   * @param m rows of C, at least 1
   * @param n columns of C, at least 1
   * @param k terms of each chain, at least 1
   * @param a the left operand, as {@code form} stores it; it may be longer than m k
   * @param b the right operand, as {@code form} stores it; it may be longer than k n
   * @param epilogue must not change a or b
   * @throws IllegalArgumentException if a size is out of range or an array too short for it
   */
  void pass(ProductForm form, int m, int n, int k, float[] a, float[] b, Epilogue epilogue) {
    check(form, m, n, k, a, b);
    if (k == 0) {
      throw new IllegalArgumentException("a product without terms has nothing to show");
    }
    compute(
        new Product(
            m, n, k, Operand.left(form, m, k, a), Operand.right(form, n, k, b), null, epilogue));
  }

  private void compute(Product product) {
    int tasks = Blocking.tasks(product, workers.count());
    Grid grid = Grid.of(product.m(), product.n(), tasks);
    if (tasks == 1) {
      for (int task = 0; task < grid.tasks(); task++) {
        new RegionProduct(product, grid.region(task), scratch[0]).compute();
      }
      return;
    }
    AtomicInteger next = new AtomicInteger();
    workers.run(
        (worker, all) -> {
          for (int task; (task = next.getAndIncrement()) < grid.tasks(); ) {
            new RegionProduct(product, grid.region(task), scratch[worker]).compute();
          }
        });
  }

  private static void check(ProductForm form, int m, int n, int k, float[] a, float[] b) {
    boolean fits =
        m >= 1
            && n >= 1
            && k >= 0
            && (long) m * n <= Integer.MAX_VALUE
            && (long) m * k <= a.length
            && (long) k * n <= b.length;
    if (!fits) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "arrays of %d and %d floats cannot hold A and B of the product %s with m=%d n=%d"
                  + " k=%d",
              a.length,
              b.length,
              form,
              m,
              n,
              k));
    }
  }
}
