package dev.lockstep.backend;

import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Update;
import dev.lockstep.program.ProductForm;
import java.util.List;

/** The products of one backend with the other operations of another. */
record OwnProducts(Operations products, Operations others) implements Operations {

  @Override
  public Matrix product(ProductForm form, Matrix a, Matrix b) {
    return products.product(form, a, b);
  }

  @Override
  public Matrix activate(Activation activation, Matrix z, Matrix bias) {
    return others.activate(activation, z, bias);
  }

  @Override
  public Matrix derivative(Activation activation, Matrix upstream, Matrix activations) {
    return others.derivative(activation, upstream, activations);
  }

  @Override
  public RowLosses loss(Loss loss, Matrix outputs, int[] labels) {
    return others.loss(loss, outputs, labels);
  }

  @Override
  public Matrix columnSums(Matrix delta) {
    return others.columnSums(delta);
  }

  @Override
  public Updated update(Update update, Matrix weights, Matrix gradient, List<Matrix> moments) {
    return others.update(update, weights, gradient, moments);
  }

  @Override
  public void close() {
    products.close();
    others.close();
  }
}
