package dev.lockstep.model;

import java.util.List;

/** The rule that turns gradients into new parameters. */
public sealed interface Optimizer permits Optimizer.Sgd {

  /**
   * Stochastic gradient descent, w = fma(-lr, g, w), with a rate of its own for the weights and for
   * the bias of every layer.
   *
   * @param weightRates layer by layer
   * @param biasRates layer by layer
   */
  record Sgd(List<Float> weightRates, List<Float> biasRates) implements Optimizer {
    public Sgd {
      weightRates = List.copyOf(weightRates);
      biasRates = List.copyOf(biasRates);
    }
  }
}
