package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import dev.lockstep.program.Region;
import java.util.List;

/** One product of a backend, C = op(A) op(B), again and again. */
public final class ProductTimer implements AutoCloseable {
  private final DeviceSession session;
  private final ProductShape shape;
  private final DeviceMemory c;
  private final List<Work> works;
  private final StopWatch watch;
  private final Closing owned = new Closing();

  private ProductTimer(Products by, int device, ProductShape shape, Matrix a, Matrix b) {
    this.shape = shape;
    try {
      session = owned.own(DeviceSession.open(by, device, DeviceNeed.ofProduct(by, shape)));
      watch = owned.own(StopWatch.open(session.stream));
      DeviceMemory left = owned.own(session.allocate("A", shape.sizeOfA()));
      DeviceMemory right = owned.own(session.allocate("B", shape.sizeOfB()));
      c = owned.own(session.allocate("C", shape.sizeOfC()));
      session.staging.upload(a, left);
      session.staging.upload(b, right);
      DeviceProducts products = owned.own(session.products(List.of(shape), 0));
      works = products.product(shape, left, right, c);
    } catch (RuntimeException e) {
      owned.closeAfter(e);
      throw e;
    }
  }

  static ProductTimer open(Products by, int device, ProductForm form, Matrix a, Matrix b) {
    return new ProductTimer(by, device, ProductShape.of(form, a, b), a, b);
  }

  /** Multiplies so many times. */
  public DeviceWindow time(int calls) {
    return watch.time(
        calls,
        () -> {
          for (int i = 0; i < calls; i++) {
            works.forEach(work -> work.into(session.stream));
          }
        });
  }

  /** Overwrites C with zeros, so that what stands there later was computed later. */
  public void clear() {
    session.stream.clear(c);
    session.stream.synchronize();
  }

  /** A piece of C. */
  public FloatMatrix part(Region region) {
    FloatMatrix part = new FloatMatrix(region.rows(), region.columns());
    session.staging.download(c, (long) region.row() * shape.n() + region.column(), shape.n(), part);
    return part;
  }

  @Override
  public void close() {
    owned.close();
  }
}
