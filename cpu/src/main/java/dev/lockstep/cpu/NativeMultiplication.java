package dev.lockstep.cpu;

import dev.lockstep.backend.Multiplier.Multiplication;
import dev.lockstep.backend.ProductForm;
import dev.lockstep.model.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** One product in native memory, again and again. */
final class NativeMultiplication implements Multiplication {
  private final NativeKernels kernels;
  private final ProductForm form;
  private final int m;
  private final int n;
  private final int k;
  private final MemorySegment a;
  private final MemorySegment b;
  private final MemorySegment c;

  /**
   * Copies the operands.
   *
   * @param kernels closed with this
   */
  NativeMultiplication(NativeKernels kernels, ProductForm form, Matrix a, Matrix b) {
    this.kernels = kernels;
    this.form = form;
    m = form == ProductForm.ATB ? a.columns() : a.rows();
    k = form == ProductForm.ATB ? a.rows() : a.columns();
    n = form == ProductForm.ABT ? b.rows() : b.columns();
    this.a = kernels.from(a);
    this.b = kernels.from(b);
    c = kernels.allocate(Matrix.requireSize(m, n));
  }

  @Override
  public void run() {
    kernels.product(form, m, n, k, a, b, c);
  }

  @Override
  public void clear() {
    for (long i = 0; i < (long) m * n; i++) {
      c.setAtIndex(ValueLayout.JAVA_FLOAT, i, Float.NaN);
    }
  }

  @Override
  public float at(int row, int column) {
    return c.getAtIndex(ValueLayout.JAVA_FLOAT, (long) row * n + column);
  }

  @Override
  public void close() {
    kernels.close();
  }
}
