package dev.lockstep.gpu.kernel;

import dev.lockstep.backend.ProductForm;
import java.util.Locale;

/**
 * A product C[m][n] = op(A)[m][k] op(B)[k][n].
 *
 * @param form how A and B are stored
 * @param m rows of C
 * @param n columns of C
 * @param k terms of each element; may be 0
 */
public record ProductShape(ProductForm form, int m, int n, int k) {

  /** Elements of A. */
  public long sizeOfA() {
    return (long) m * k;
  }

  /** Elements of B. */
  public long sizeOfB() {
    return (long) k * n;
  }

  /** Elements of C. */
  public long sizeOfC() {
    return (long) m * n;
  }

  /** {@code AB 64 x 10 x 1021}: form, rows, columns, terms. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s %d x %d x %d", form, m, n, k);
  }
}
