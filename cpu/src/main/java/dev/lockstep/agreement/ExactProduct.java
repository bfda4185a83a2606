package dev.lockstep.agreement;

import dev.lockstep.model.Matrix;
import dev.lockstep.program.ProductForm;

/**
 * A small product of binary32 matrices in binary64, where each term is exact and the sum errs by
 * 2^-29 of the bound at most, which a factor on it covers; with the bound of each element as a
 * library computes it in binary32.
 */
final class ExactProduct {
  private static final double SLACK = 1.001;

  private final double[] values;
  private final double[] errors;

  private ExactProduct(int size) {
    values = new double[size];
    errors = new double[size];
  }

  /** C = op(A) op(B). */
  static ExactProduct of(ProductForm form, Matrix a, Matrix b, ElementBound bound) {
    int m = form == ProductForm.ATB ? a.columns() : a.rows();
    int k = form == ProductForm.ATB ? a.rows() : a.columns();
    int n = form == ProductForm.ABT ? b.rows() : b.columns();
    ExactProduct product = new ExactProduct(m * n);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        double magnitude = 0;
        double largestA = 0;
        double largestB = 0;
        for (int t = 0; t < k; t++) {
          double x = a.value(form == ProductForm.ATB ? t * m + i : i * k + t);
          double y = b.value(form == ProductForm.ABT ? j * k + t : t * n + j);
          sum += x * y;
          magnitude += Math.abs(x * y);
          largestA = Math.max(largestA, Math.abs(x));
          largestB = Math.max(largestB, Math.abs(y));
        }
        product.values[i * n + j] = sum;
        product.errors[i * n + j] = SLACK * bound.ofProduct(k, magnitude, largestA, largestB);
      }
    }
    return product;
  }

  /** The element at a row-major index. */
  double value(int index) {
    return values[index];
  }

  /** How far a library's may be from it. */
  double error(int index) {
    return errors[index];
  }
}
