package dev.lockstep.program;

import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Layer;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network;
import dev.lockstep.model.Optimizer;
import dev.lockstep.model.Parameters;
import dev.lockstep.model.UnitNoise;
import dev.lockstep.program.Tensor.Element;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * A training step, or the evaluation of some rows, as a list of operations, none of them fused.
 *
 * <p>The order is canonical only in what an element is computed from; a reader may exchange
 * operations that do not touch each other's tensors. Every parameter is updated as soon as nothing
 * reads its old value any more, so that a gradient need not outlive its update.
 *
 * @param ops in an order in which they can run
 * @param layers from the first hidden one to the outputs
 * @param x the rows, B x features
 * @param labels of the rows, B x 1
 * @param rowLoss of the rows, B x 1
 * @param values the parameters themselves: W1, b1, W2, b2, ...
 * @param gradients of the mean loss by the parameters that are learned
 * @param moments what the optimiser's rule keeps of those; +0 before the first step
 */
public record StepProgram(
    List<Op> ops,
    List<LayerTensors> layers,
    Tensor x,
    Tensor labels,
    Tensor rowLoss,
    Map<Layer.Parameter, Tensor> values,
    Map<Layer.Parameter, Tensor> gradients,
    List<Map<Layer.Parameter, Tensor>> moments) {

  /** Rows are evaluated in pieces of at most so many. */
  public static final int MOST_EVALUATED_ROWS = 1024;

  public StepProgram {
    ops = List.copyOf(ops);
    layers = List.copyOf(layers);
  }

  /**
   * A training step.
   *
   * @param batch rows of a step
   */
  public static StepProgram training(
      Network network, Loss loss, Optimizer optimizer, UnitNoise noise, int batch) {
    return new StepBuilder(network, optimizer, batch).training(loss, !noise.isNone());
  }

  /** The outputs and losses of some rows. Nothing shifts biases here. */
  public static StepProgram evaluation(Network network, Loss loss, Optimizer optimizer, int rows) {
    return new StepBuilder(network, optimizer, rows).evaluation(loss);
  }

  /** What comes out of the last layer, B x classes. */
  public Tensor outputs() {
    return layers.getLast().activations();
  }

  /**
   * Hands over the parameters and the moments of those that are learned, tensor by tensor.
   *
   * @param moments one for each that the rule keeps; without any they are +0
   */
  public void spread(
      Parameters parameters, List<Parameters> moments, BiConsumer<Tensor, Matrix> to) {
    parameters.handTo(values, to);
    for (int k = 0; k < this.moments.size(); k++) {
      Parameters moment = moments.isEmpty() ? parameters.zeros() : moments.get(k);
      moment.handTo(this.moments.get(k), to);
    }
  }

  /** Activations, deltas and gradients: what a probe shows of a training step. */
  public Set<Tensor> probed() {
    Set<Tensor> probed = new LinkedHashSet<>();
    for (LayerTensors layer : layers) {
      probed.add(layer.activations());
      probed.add(layer.delta());
    }
    probed.addAll(gradients.values());
    return probed;
  }

  /** All tensors of some operations that hold numbers or labels, in order of first use. */
  public static Set<Tensor> tensors(Collection<Op> ops) {
    Set<Tensor> all = new LinkedHashSet<>();
    for (Op op : ops) {
      all.addAll(op.reads());
      all.addAll(op.writes());
    }
    all.removeIf(tensor -> tensor.element() == Element.FLAG);
    return all;
  }
}
