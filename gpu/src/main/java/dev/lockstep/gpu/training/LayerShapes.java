package dev.lockstep.gpu.training;

import dev.lockstep.model.Network;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import java.util.ArrayList;
import java.util.List;

/**
 * The shapes of a network's products.
 *
 * @param network layers
 * @param rows of the batch
 */
record LayerShapes(Network network, int rows) {

  /** Activations below [rows][in] times weights [in][out]. */
  ProductShape forward(int layer) {
    return new ProductShape(ProductForm.AB, rows, network.out(layer), network.in(layer));
  }

  /** Deltas [rows][out] times transposed weights [in][out]; not of layer 0. */
  ProductShape backward(int layer) {
    return new ProductShape(ProductForm.ABT, rows, network.in(layer), network.out(layer));
  }

  /** Transposed activations below [rows][in] times deltas [rows][out]. */
  ProductShape gradient(int layer) {
    return new ProductShape(ProductForm.ATB, network.in(layer), network.out(layer), rows);
  }

  /** The forward products of all layers. */
  List<ProductShape> ofForward() {
    List<ProductShape> shapes = new ArrayList<>();
    for (int l = 0; l < network.layers(); l++) {
      shapes.add(forward(l));
    }
    return shapes;
  }

  /** All products of a step. */
  List<ProductShape> ofStep() {
    List<ProductShape> shapes = ofForward();
    for (int l = network.layers() - 1; l >= 0; l--) {
      shapes.add(gradient(l));
      if (l > 0) {
        shapes.add(backward(l));
      }
    }
    return shapes;
  }
}
