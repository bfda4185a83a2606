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
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * A training step, or the evaluation of some rows, as a list of unfused operations.
 *
 * <p>Only the dependencies between operations are binding: a reader may reorder operations that do
 * not touch each other's tensors. Every parameter is updated right after the last read of its old
 * value, so a gradient need not outlive its update.
 *
 * @param ops the operations, in an order in which they can run
 * @param layers the tensors of each layer, from the first hidden layer to the output layer
 * @param x the rows, B x features
 * @param labels the labels of the rows, B x 1
 * @param rowLoss the losses of the rows, B x 1
 * @param values the parameters: W1, b1, W2, b2, ...
 * @param gradients gradients of the mean loss with respect to the learned parameters
 * @param moments the optimiser's moments of the learned parameters, one map per moment; +0 before
 *     the first step
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

  /** The most rows that are evaluated at once. */
  public static final int MOST_EVALUATED_ROWS = 1024;

  public StepProgram {
    ops = List.copyOf(ops);
    layers = List.copyOf(layers);
  }

  /**
   * Returns the program of a training step.
   *
   * @param batch number of rows of a step
   */
  public static StepProgram training(
      Network network, Loss loss, Optimizer optimizer, UnitNoise noise, int batch) {
    return new StepBuilder(network, optimizer, batch).training(loss, !noise.isNone());
  }

  /** Returns the program that evaluates the outputs and losses of some rows, without noise. */
  public static StepProgram evaluation(Network network, Loss loss, Optimizer optimizer, int rows) {
    return new StepBuilder(network, optimizer, rows).evaluation(loss);
  }

  /** The outputs of the last layer, B x classes. */
  public Tensor outputs() {
    return layers.getLast().activations();
  }

  /**
   * Passes the matrix of each parameter and moment to a consumer, with its tensor.
   *
   * @param moments one entry per moment of the rule; if empty, all moments are +0
   */
  public void spread(
      Parameters parameters, List<Parameters> moments, BiConsumer<Tensor, Matrix> to) {
    parameters.handTo(values, to);
    for (int k = 0; k < this.moments.size(); k++) {
      Parameters moment = moments.isEmpty() ? parameters.zeros() : moments.get(k);
      moment.handTo(this.moments.get(k), to);
    }
  }

  /** Returns the tensors that every probe of a step shows: activations, deltas and gradients. */
  public Set<Tensor> probed() {
    Set<Tensor> probed = new LinkedHashSet<>();
    for (LayerTensors layer : layers) {
      probed.add(layer.activations());
      probed.add(layer.delta());
    }
    probed.addAll(gradients.values());
    return probed;
  }

  /** Returns the results of all products of matrices, before anything is added to them. */
  public Set<Tensor> products() {
    return ops.stream()
        .filter(Op.Product.class::isInstance)
        .flatMap(op -> op.writes().stream())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Returns the index of the last operation that reads each tensor. */
  public static Map<Tensor, Integer> lastReads(List<Op> ops) {
    Map<Tensor, Integer> lastReads = new HashMap<>();
    for (int i = 0; i < ops.size(); i++) {
      for (Tensor tensor : ops.get(i).reads()) {
        lastReads.put(tensor, i);
      }
    }
    return lastReads;
  }

  /** Returns all tensors of some operations except the stop flag, in order of first use. */
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
