package dev.lockstep.cpu;

import dev.lockstep.backend.Multiplier.Multiplication;
import dev.lockstep.matrix.DrawnMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;

/** One product on arrays of its own, again and again. */
final class HostMultiplication<A> implements Multiplication {
  private final HostKernels<A> kernels;
  private final ProductShape shape;
  private final A c;
  private final Runnable call;

  /**
   * Copies the operands.
   *
   * @param kernels closed with this, or here if this fails
   */
  HostMultiplication(HostKernels<A> kernels, ProductForm form, Matrix a, Matrix b) {
    this.kernels = kernels;
    shape = ProductShape.of(form, a, b);
    try {
      c = kernels.allocate(Matrix.requireSize(shape.m(), shape.n()));
      call = kernels.product(shape, kernels.from(a), kernels.from(b), c);
    } catch (RuntimeException | Error e) {
      kernels.close();
      throw e;
    }
  }

  @Override
  public void run() {
    call.run();
  }

  @Override
  public void clear() {
    kernels.copy(new DrawnMatrix(shape.m(), shape.n(), (_, _) -> Float.NaN), c);
  }

  @Override
  public float at(int row, int column) {
    return (float) kernels.at(c, row * shape.n() + column);
  }

  @Override
  public void close() {
    kernels.close();
  }
}
