package dev.lockstep.agreement;

import dev.lockstep.program.ProductForm;

/**
 * Computes a product of matrices with errors. The error of a sum of k products is |dA|(|B| + |dB|)
 * + |A||dB| + r (|A| + |dA|)(|B| + |dB|). Here r = gamma(k) or, if rounded operands give each term
 * a relative error t = 2 e + e^2, r = t + gamma(k) (1 + t).
 *
 * <p>The contribution of underflow depends on the largest magnitude of A and of B, errors included.
 */
final class BoundedProduct {

  private BoundedProduct() {}

  /** Returns C = op(A) op(B). */
  static Bounded of(ProductForm form, Bounded a, Bounded b, ElementBound element) {
    Bounded left = form == ProductForm.ATB ? a.transposed() : a;
    Bounded right = form == ProductForm.ABT ? b.transposed() : b;
    int n = right.columns();
    int k = left.columns();
    Bounded c = new Bounded(left.rows(), n);
    double relative = element.relativeOfProduct(k);
    double[] reach = reach(right);
    boolean rightErrs = !right.isExact();
    for (int i = 0; i < left.rows(); i++) {
      for (int t = 0; t < k; t++) {
        double value = left.values()[i * k + t];
        double magnitude = Math.abs(value);
        double error = left.errors()[i * k + t];
        double carried = error + relative * (magnitude + error);
        addScaledRow(value, right.values(), t, c.values(), i, n);
        addScaledRow(carried, reach, t, c.errors(), i, n);
        if (rightErrs) {
          addScaledRow(magnitude, right.errors(), t, c.errors(), i, n);
        }
      }
    }
    double ofUnderflow = element.ofUnderflow(k, largest(reach(left)), largest(reach));
    for (int i = 0; i < c.size(); i++) {
      c.errors()[i] += ofUnderflow;
    }
    return c;
  }

  /** Adds s times row {@code from} of x to row {@code to} of y. */
  private static void addScaledRow(double s, double[] x, int from, double[] y, int to, int n) {
    for (int j = 0; j < n; j++) {
      y[to * n + j] += s * x[from * n + j];
    }
  }

  /** Returns |x| + |dx|. */
  private static double[] reach(Bounded x) {
    double[] reach = new double[x.size()];
    for (int i = 0; i < reach.length; i++) {
      reach[i] = Math.abs(x.values()[i]) + x.errors()[i];
    }
    return reach;
  }

  private static double largest(double[] reach) {
    double largest = 0;
    for (double x : reach) {
      largest = Math.max(largest, x);
    }
    return largest;
  }
}
