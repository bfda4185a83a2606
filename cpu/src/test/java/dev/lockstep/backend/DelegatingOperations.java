package dev.lockstep.backend;

import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Update;
import dev.lockstep.program.ProductForm;
import java.util.List;

/** Does what sound operations do, except for the methods that a test overrides. */
public interface DelegatingOperations extends Operations {

  /** Returns the operations that are called otherwise. */
  Operations sound();

  @Override
  default Matrix product(ProductForm form, Matrix a, Matrix b) {
    return sound().product(form, a, b);
  }

  @Override
  default Matrix activate(Activation activation, Matrix z, Matrix bias) {
    return sound().activate(activation, z, bias);
  }

  @Override
  default Matrix derivative(Activation activation, Matrix upstream, Matrix kept) {
    return sound().derivative(activation, upstream, kept);
  }

  @Override
  default RowLosses loss(Loss loss, Matrix outputs, int[] labels) {
    return sound().loss(loss, outputs, labels);
  }

  @Override
  default Matrix columnSums(Matrix delta) {
    return sound().columnSums(delta);
  }

  @Override
  default Updated update(Update update, Matrix weights, Matrix gradient, List<Matrix> moments) {
    return sound().update(update, weights, gradient, moments);
  }

  @Override
  default void close() {
    sound().close();
  }
}
