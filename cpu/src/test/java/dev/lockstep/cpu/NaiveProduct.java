package dev.lockstep.cpu;

import dev.lockstep.program.ProductForm;

/** The definition of a product, element by element: what every fast one is checked against. */
final class NaiveProduct {
  private NaiveProduct() {}

  /** Returns C[m][n], each element one chain of fma with k ascending from +0. */
  static float[] of(ProductForm form, int m, int n, int k, float[] a, float[] b) {
    float[] c = new float[m * n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        c[i * n + j] = element(form, m, n, k, a, b, i, j);
      }
    }
    return c;
  }

  /** Returns element (i, j) of the product. */
  static float element(ProductForm form, int m, int n, int k, float[] a, float[] b, int i, int j) {
    float acc = 0f;
    for (int t = 0; t < k; t++) {
      float x = form == ProductForm.ATB ? a[t * m + i] : a[i * k + t];
      float y = form == ProductForm.ABT ? b[j * k + t] : b[t * n + j];
      acc = Math.fma(x, y, acc);
    }
    return acc;
  }
}
