package dev.lockstep.gpu.training;

import dev.lockstep.backend.Operations;
import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Update;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import java.util.ArrayList;
import java.util.List;

/** Single operations of a backend on CUDA: there and back for each. */
final class DeviceOperations implements Operations {
  private final DeviceSession session;

  private DeviceOperations(DeviceSession session) {
    this.session = session;
  }

  /** Opens the device. */
  static DeviceOperations open(Products by, int device) {
    return new DeviceOperations(DeviceSession.open(by, device));
  }

  @Override
  public Matrix product(ProductForm form, Matrix a, Matrix b) {
    ProductShape shape = ProductShape.of(form, a, b);
    try (Closing owned = new Closing()) {
      DeviceMemory c = owned.own(session.allocate("C", shape.sizeOfC()));
      DeviceProducts products = owned.own(session.products(List.of(shape), 0));
      submit(products.product(shape, upload("A", a, owned), upload("B", b, owned), c));
      return session.staging.download(c, shape.m(), shape.n());
    }
  }

  @Override
  public Matrix activate(Activation activation, Matrix z, Matrix bias) {
    try (Closing owned = new Closing()) {
      DeviceMemory sums = upload("z", z, owned);
      DeviceMemory a = activation.keepsInput() ? owned.own(session.allocate("a", z.size())) : sums;
      submit(
          List.of(
              session.kernels.biasActivation(
                  activation, sums, upload("b", bias, owned), a, z.rows(), z.columns())));
      return session.staging.download(a, z.rows(), z.columns());
    }
  }

  @Override
  public Matrix derivative(Activation activation, Matrix upstream, Matrix kept) {
    try (Closing owned = new Closing()) {
      DeviceMemory result = upload("dA", upstream, owned);
      submit(
          List.of(
              session.kernels.derivative(
                  activation, result, upload("kept", kept, owned), upstream.size())));
      return session.staging.download(result, upstream.rows(), upstream.columns());
    }
  }

  @Override
  public RowLosses loss(Loss loss, Matrix logits, int[] labels) {
    int rows = logits.rows();
    int classes = logits.columns();
    try (Closing owned = new Closing()) {
      DeviceMemory y = owned.own(session.allocate("labels", rows));
      session.staging.upload(labels, y);
      DeviceMemory losses = owned.own(session.allocate("row losses", rows));
      DeviceMemory delta = owned.own(session.allocate("delta", logits.size()));
      submit(
          List.of(
              session.kernels.loss(
                  loss,
                  upload("logits", logits, owned),
                  y,
                  losses,
                  delta,
                  rows,
                  classes,
                  1,
                  null)));
      return new RowLosses(
          session.staging.download(losses, 1, rows),
          session.staging.download(delta, rows, classes));
    }
  }

  @Override
  public Matrix columnSums(Matrix delta) {
    try (Closing owned = new Closing()) {
      DeviceMemory sums = owned.own(session.allocate("column sums", delta.columns()));
      submit(
          List.of(
              session.kernels.columnSums(
                  upload("delta", delta, owned), sums, delta.rows(), delta.columns())));
      return session.staging.download(sums, 1, delta.columns());
    }
  }

  @Override
  public Updated update(Update update, Matrix weights, Matrix gradient, List<Matrix> moments) {
    try (Closing owned = new Closing()) {
      DeviceMemory result = upload("w", weights, owned);
      List<DeviceMemory> kept = new ArrayList<>();
      moments.forEach(moment -> kept.add(upload("a moment", moment, owned)));
      DeviceMemory g = upload("g", gradient, owned);
      submit(List.of(session.kernels.update(update, result, g, kept, weights.size(), null, null)));
      int rows = weights.rows();
      int columns = weights.columns();
      return new Updated(
          session.staging.download(result, rows, columns),
          kept.stream()
              .<Matrix>map(moment -> session.staging.download(moment, rows, columns))
              .toList());
    }
  }

  private DeviceMemory upload(String name, Matrix matrix, Closing owned) {
    if (!(matrix instanceof FloatMatrix)) {
      throw new IllegalArgumentException("the backends on CUDA take binary32 matrices");
    }
    DeviceMemory memory = owned.own(session.allocate(name, matrix.size()));
    session.staging.upload(matrix, memory);
    return memory;
  }

  private void submit(List<Work> works) {
    works.forEach(work -> work.into(session.stream));
  }

  @Override
  public void close() {
    session.close();
  }
}
