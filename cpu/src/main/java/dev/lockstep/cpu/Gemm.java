package dev.lockstep.cpu;

import dev.lockstep.program.ProductShape;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Computes products of matrices in canonical order: {@code C[m][n] = op(A)[m][k] op(B)[k][n]}, all
 * row-major.
 *
 * <p>Each element of C is one chain, {@code acc = +0; acc = fma(A[i][k], B[k][j], acc)} with k
 * ascending. The chain is never split, and terms are neither added nor skipped. So the bits are
 * those of three nested scalar loops for every shape, number of threads and vector width. The speed
 * comes from measures that keep the chains intact: registers hold many outputs at a time, panels of
 * k continue each chain where the last panel left it, and threads share the outputs.
 *
 * <p>The work is nested as follows, from the outside in (after Goto and van de Geijn, "Anatomy of
 * High-Performance Matrix Multiplication", 2008, with the roles of A and B exchanged):
 *
 * <ol>
 *   <li>Tasks are the regions of a {@link Grid} over C. Workers take tasks from a common counter,
 *       so a worker that starts late or is interrupted takes fewer. No task waits for another.
 *   <li>Panels have at most {@value Blocking#PANEL_DEPTH} terms. The panel of A is packed for the
 *       whole region.
 *   <li>Chunks of columns: the part of B for a chunk is packed just before all rows of the region
 *       use it, while it is in the L2 cache.
 *   <li>Rows of tiles of the {@link MicroKernel}. After the last panel each row goes to C or to the
 *       epilogue.
 * </ol>
 *
 * <p>Between two panels the chains are kept tile by tile in the worker's own memory. If C kept
 * them, the rows of a tile would be a row of C apart. For matrices whose width is a power of two
 * they would compete for the same cache sets, and tiles would take 5 to 10 percent longer.
 *
 * <p>Only one thread may use an object at a time, because the object owns the scratch memory.
 */
final class Gemm {
  private final Workers workers;
  private final Scratch[] scratch;

  /**
   * Uses the threads of a team.
   *
   * @param workers the team, which the caller closes
   */
  Gemm(Workers workers) {
    this.workers = workers;
    scratch = new Scratch[workers.count()];
    Arrays.setAll(scratch, worker -> new Scratch());
  }

  /**
   * Prepares a call that overwrites C with the product.
   *
   * @param shape m and n at least 1; k = 0 makes C all +0
   * @param a the left operand as the form stores it; the array may be longer than m k
   * @param b the right operand as the form stores it; the array may be longer than k n
   * @param c the product [m][n]; the array may be longer than m n and must not be a or b
   * @throws IllegalArgumentException if a size is out of range or an array is too short
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
   * Prepares a call that passes each finished region of the product to the epilogue once and keeps
   * none of it.
   *
   * @param shape m, n and k at least 1
   * @param a the left operand as the form stores it; the array may be longer than m k
   * @param b the right operand as the form stores it; the array may be longer than k n
   * @param epilogue must not change a or b
   * @throws IllegalArgumentException if a size is out of range or an array is too short
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
