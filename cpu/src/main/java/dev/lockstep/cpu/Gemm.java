package dev.lockstep.cpu;

import dev.lockstep.program.ProductShape;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

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
 *   <li>Rows of tiles of the {@link MicroKernel}; after the last panel each goes to C or to the
 *       epilogue.
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
   * Overwrites C with the product.
   *
   * @throws IllegalArgumentException as {@link #prepare} does
   */
  void multiply(ProductShape shape, float[] a, float[] b, float[] c) {
    prepare(shape, a, b, c).run();
  }

  /**
   * A call that overwrites C with the product.
   *
   * @param shape m and n at least 1; k = 0 makes C all +0
   * @param a the left operand, as the form stores it; it may be longer than m k
   * @param b the right operand, as the form stores it; it may be longer than k n
   * @param c the product [m][n]; it may be longer than m n and must not be a or b
   * @throws IllegalArgumentException if a size is out of range or an array too short for it
   */
  Runnable prepare(ProductShape shape, float[] a, float[] b, float[] c) {
    check(shape, a, b);
    if (shape.sizeOfC() > c.length) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "an array of %d floats cannot hold C of the product %s",
              c.length,
              shape));
    }
    if (c == a || c == b) {
      throw new IllegalArgumentException("the product cannot overwrite its own operand");
    }
    if (shape.k() == 0) {
      int size = (int) shape.sizeOfC();
      return () -> Arrays.fill(c, 0, size, 0f);
    }
    return prepared(shape, a, b, c, Epilogue.NONE);
  }

  /**
   * A call that shows each finished region of the product to the epilogue, once, and keeps nothing
   * of it.
   *
   * @param shape m, n and k at least 1
   * @param a the left operand, as the form stores it; it may be longer than m k
   * @param b the right operand, as the form stores it; it may be longer than k n
   * @param epilogue must not change a or b
   * @throws IllegalArgumentException if a size is out of range or an array too short for it
   */
  Runnable prepare(ProductShape shape, float[] a, float[] b, Epilogue epilogue) {
    check(shape, a, b);
    if (shape.k() == 0) {
      throw new IllegalArgumentException("a product without terms has nothing to show");
    }
    return prepared(shape, a, b, null, epilogue);
  }

  private Runnable prepared(
      ProductShape shape, float[] a, float[] b, float @Nullable [] c, Epilogue epilogue) {
    return new PreparedProduct(
        new Product(
            shape.m(),
            shape.n(),
            shape.k(),
            Operand.left(shape.form(), shape.m(), shape.k(), a),
            Operand.right(shape.form(), shape.n(), shape.k(), b),
            c,
            epilogue),
        workers,
        scratch);
  }

  private static void check(ProductShape shape, float[] a, float[] b) {
    boolean fits =
        shape.m() >= 1
            && shape.n() >= 1
            && shape.k() >= 0
            && shape.sizeOfC() <= Integer.MAX_VALUE
            && shape.sizeOfA() <= a.length
            && shape.sizeOfB() <= b.length;
    if (!fits) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "arrays of %d and %d floats cannot hold A and B of the product %s",
              a.length,
              b.length,
              shape));
    }
  }
}
