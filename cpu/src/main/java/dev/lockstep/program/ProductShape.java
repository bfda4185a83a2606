package dev.lockstep.program;

import dev.lockstep.matrix.Matrix;
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

  /** The shape of the product of two matrices that are stored as the form says. */
  public static ProductShape of(ProductForm form, Matrix a, Matrix b) {
    return switch (form) {
      case AB -> new ProductShape(form, a.rows(), b.columns(), a.columns());
      case ABT -> new ProductShape(form, a.rows(), b.rows(), a.columns());
      case ATB -> new ProductShape(form, a.columns(), b.columns(), a.rows());
    };
  }

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
