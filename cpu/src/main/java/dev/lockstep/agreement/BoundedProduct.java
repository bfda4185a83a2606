package dev.lockstep.agreement;

import dev.lockstep.program.ProductForm;

/**
 * A product of matrices that err. The error of a sum of k products is |dA|(|B| + |dB|) + |A||dB| +
 * r (|A| + |dA|)(|B| + |dB|). Here r = gamma(k), or, if each term first errs by t = 2 e + e^2 from
 * rounding its operands, r = t + gamma(k) (1 + t).
 *
 * <p>What underflow adds depends on the largest of either, errors included.
 */
final class BoundedProduct {

  private BoundedProduct() {}

  /** C = op(A) op(B). */
  static Bounded of(ProductForm form, Bounded a, Bounded b, ElementBound element) {
    Bounded left = form == ProductForm.ATB ? a.transposed() : a;
    Bounded right = form == ProductForm.ABT ? b.transposed() : b;
    int n = right.columns();
    int k = left.columns();
    Bounded c = new Bounded(left.rows(), n);
    double relative = element.relativeOfProduct(k);
    double[] reach = reach(right);
    for (int i = 0; i < left.rows(); i++) {
      for (int t = 0; t < k; t++) {
        double value = left.values()[i * k + t];
        double magnitude = Math.abs(value);
        double error = left.errors()[i * k + t];
        double carried = error + relative * (magnitude + error);
        for (int j = 0; j < n; j++) {
          c.values()[i * n + j] += value * right.values()[t * n + j];
          c.errors()[i * n + j] +=
              carried * reach[t * n + j] + magnitude * right.errors()[t * n + j];
        }
      }
    }
    double ofUnderflow = element.ofUnderflow(k, largest(reach(left)), largest(reach));
    for (int i = 0; i < c.size(); i++) {
      c.errors()[i] += ofUnderflow;
    }
    return c;
  }

  /** |x| + |dx|. */
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
