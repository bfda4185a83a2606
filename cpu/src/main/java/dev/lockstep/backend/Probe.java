package dev.lockstep.backend;

import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Parameters;
import java.util.List;

/**
 * Everything one step computed, in the backend's precision; B rows.
 *
 * @param loss mean loss of the batch
 * @param activations of each layer after its activation, B x out(l); the last is the logits
 * @param deltas gradient of the loss by each layer's weighted input, B x out(l)
 * @param gradients of weights and biases, at the parameters before the step
 */
public record Probe(
    double loss, List<Matrix> activations, List<Matrix> deltas, Parameters gradients) {

  public Probe {
    activations = List.copyOf(activations);
    deltas = List.copyOf(deltas);
  }
}
