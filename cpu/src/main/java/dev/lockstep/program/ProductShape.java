package dev.lockstep.program;

import dev.lockstep.matrix.Matrix;
import java.util.Locale;

/**
 * The shape of a product C[m][n] = op(A)[m][k] op(B)[k][n].
 *
 * @param form how A and B are stored
 * @param m rows of C
 * @param n columns of C
 * @param k number of terms of each element; may be 0
 */
public record ProductShape(ProductForm form, int m, int n, int k) {

  /** Returns the shape of the product of two matrices that are stored as the form says. */
  public static ProductShape of(ProductForm form, Matrix a, Matrix b) {
    return switch (form) {
      case AB -> new ProductShape(form, a.rows(), b.columns(), a.columns());
      case ABT -> new ProductShape(form, a.rows(), b.rows(), a.columns());
      case ATB -> new ProductShape(form, a.columns(), b.columns(), a.rows());
    };
  }

  /** The number of elements of A. */
  public long sizeOfA() {
    return (long) m * k;
  }

  /** The number of elements of B. */
  public long sizeOfB() {
    return (long) k * n;
  }

  /** The number of elements of C. */
  public long sizeOfC() {
    return (long) m * n;
  }

  /** Returns the form, m, n and k, such as {@code AB 64 x 10 x 1021}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s %d x %d x %d", form, m, n, k);
  }
}
