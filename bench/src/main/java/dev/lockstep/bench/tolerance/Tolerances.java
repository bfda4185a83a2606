package dev.lockstep.bench.tolerance;

import dev.lockstep.agreement.ProductTolerance;
import dev.lockstep.agreement.TensorTolerance;
import java.util.List;

/** The tolerances of what was asked for. */
sealed interface Tolerances {
  Precision precision();

  /**
   * Of a product.
   *
   * @param operands random, equal or the name of a file
   */
  record OfProduct(Precision precision, Shape shape, String operands, ProductTolerance tolerance)
      implements Tolerances {}

  /**
   * Of the first step of a scenario.
   *
   * @param network the network, as text
   */
  record OfStep(Precision precision, String network, int batch, List<TensorTolerance> tensors)
      implements Tolerances {
    public OfStep {
      tensors = List.copyOf(tensors);
    }
  }
}
