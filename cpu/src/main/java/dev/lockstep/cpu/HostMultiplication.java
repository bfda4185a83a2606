package dev.lockstep.cpu;

import dev.lockstep.backend.Multiplier.Multiplication;
import dev.lockstep.backend.ProductForm;
import dev.lockstep.model.Matrix;
import java.util.Arrays;

/** One product on Java arrays, again and again. */
final class HostMultiplication implements Multiplication {
  private final Product product;
  private final Runnable end;
  private final ProductForm form;
  private final int m;
  private final int n;
  private final int k;
  private final float[] a;
  private final float[] b;
  private final float[] c;

  /** How a backend multiplies. */
  @FunctionalInterface
  interface Product {
    /** Overwrites C[m][n] with op(A)[m][k] op(B)[k][n]. */
    void run(ProductForm form, int m, int n, int k, float[] a, float[] b, float[] c);
  }

  /**
   * Copies the operands.
   *
   * @param end what is due at the end
   */
  HostMultiplication(Product product, Runnable end, ProductForm form, Matrix a, Matrix b) {
    this.product = product;
    this.end = end;
    this.form = form;
    m = form == ProductForm.ATB ? a.columns() : a.rows();
    k = form == ProductForm.ATB ? a.rows() : a.columns();
    n = form == ProductForm.ABT ? b.rows() : b.columns();
    this.a = floats(a);
    this.b = floats(b);
    c = new float[Matrix.requireSize(m, n)];
  }

  private static float[] floats(Matrix matrix) {
    float[] data = new float[matrix.size()];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) matrix.value(i);
    }
    return data;
  }

  @Override
  public void run() {
    product.run(form, m, n, k, a, b, c);
  }

  @Override
  public void clear() {
    Arrays.fill(c, Float.NaN);
  }

  @Override
  public float at(int row, int column) {
    return c[row * n + column];
  }

  @Override
  public void close() {
    end.run();
  }
}
