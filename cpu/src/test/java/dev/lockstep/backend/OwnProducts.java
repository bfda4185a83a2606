package dev.lockstep.backend;

import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.ProductForm;

/** The products of one backend with the other operations of another. */
record OwnProducts(Operations products, Operations sound) implements DelegatingOperations {

  @Override
  public Matrix product(ProductForm form, Matrix a, Matrix b) {
    return products.product(form, a, b);
  }

  @Override
  public void close() {
    products.close();
    sound.close();
  }
}
