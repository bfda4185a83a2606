package dev.lockstep.program;

import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network;
import dev.lockstep.model.Optimizer;
import dev.lockstep.model.Parameters;
import dev.lockstep.model.UnitNoise;
import dev.lockstep.program.Tensor.Element;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;

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
 */
public record StepProgram(
    List<Op> ops, List<Layer> layers, Tensor x, Tensor labels, Tensor rowLoss) {

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

  /** W1, b1, W2, b2, ... */
  public List<Parameter> parameters() {
    return layers.stream().flatMap(layer -> Stream.of(layer.weights(), layer.bias())).toList();
  }

  /**
   * The parameters, or what else there is of them.
   *
   * @param part of a parameter
   * @param matrices of the tensors
   */
  public Parameters parameters(
      Function<Parameter, Tensor> part, Function<Tensor, ? extends Matrix> matrices) {
    return new Parameters(
        layers.stream().<Matrix>map(l -> matrices.apply(part.apply(l.weights()))).toList(),
        layers.stream().<Matrix>map(l -> matrices.apply(part.apply(l.bias()))).toList());
  }

  /**
   * Hands over the parameters, or what else there is of them, tensor by tensor.
   *
   * @param part of a parameter
   */
  public void spread(
      Parameters from, Function<Parameter, Tensor> part, BiConsumer<Tensor, Matrix> to) {
    for (int l = 0; l < from.layers(); l++) {
      to.accept(part.apply(layers.get(l).weights()), from.weights().get(l));
      to.accept(part.apply(layers.get(l).bias()), from.biases().get(l));
    }
  }

  /** Hands over moments, the first of all parameters before the second. */
  public void spread(List<Parameters> moments, BiConsumer<Tensor, Matrix> to) {
    for (int k = 0; k < moments.size(); k++) {
      int number = k;
      spread(moments.get(k), parameter -> parameter.moments().get(number), to);
    }
  }

  /** Activations, deltas and gradients: what a probe shows of a training step. */
  public Set<Tensor> probed() {
    Set<Tensor> probed = new LinkedHashSet<>();
    for (Layer layer : layers) {
      probed.add(layer.activations());
      probed.add(layer.delta());
      probed.add(layer.weights().gradient());
      probed.add(layer.bias().gradient());
    }
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
