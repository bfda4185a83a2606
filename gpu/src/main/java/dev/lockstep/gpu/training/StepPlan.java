package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.gpu.kernel.Kernels;
import dev.lockstep.gpu.kernel.Kernels.StepFactors;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network;
import dev.lockstep.model.Optimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A training step as works in the order of their launch.
 *
 * <p>A layer's parameters are updated only after the delta of the layer below, which is computed
 * from them: so all gradients are those at the parameters before the step, fused updates or not.
 */
final class StepPlan {
  private final Network network;
  private final Loss loss;
  private final Optimizer optimizer;
  private final LayerShapes shapes;
  private final Kernels kernels;
  private final LayerProducts products;
  private final BatchFeed feed;
  private final ParameterMemory parameters;
  private final LayerMemory kept;
  private final LayerMemory activations;
  private final LayerMemory deltas;
  private final LossRing losses;
  private final StepState state;
  private final List<ParameterMemory> moments;
  private final @Nullable StepFactors factors;
  private final @Nullable NoiseFeed noise;

  /**
   * Of a network's tensors.
   *
   * @param kept what derivatives are taken from
   * @param moments as many as the optimiser's rule keeps
   * @param factors null if no step differs from another in its rates
   * @param noise null if there is none
   */
  StepPlan(
      Network network,
      Loss loss,
      Optimizer optimizer,
      Kernels kernels,
      LayerProducts products,
      BatchFeed feed,
      ParameterMemory parameters,
      LayerMemory kept,
      LayerMemory activations,
      LayerMemory deltas,
      LossRing losses,
      StepState state,
      List<ParameterMemory> moments,
      @Nullable StepFactors factors,
      @Nullable NoiseFeed noise) {
    this.network = network;
    this.loss = loss;
    this.optimizer = optimizer;
    this.shapes = new LayerShapes(network, feed.rows());
    this.kernels = kernels;
    this.products = products;
    this.feed = feed;
    this.parameters = parameters;
    this.kept = kept;
    this.activations = activations;
    this.deltas = deltas;
    this.losses = losses;
    this.state = state;
    this.moments = List.copyOf(moments);
    this.factors = factors;
    this.noise = noise;
  }

  /**
   * A step of plain descent that keeps no gradients: each parameter's is used up as it is made.
   *
   * @throws IllegalStateException if the optimiser does anything else
   */
  List<Work> plain() {
    if (!optimizer.isPlain()) {
      throw new IllegalStateException("the gradients of " + optimizer.rule() + " have to be kept");
    }
    List<Work> works = forwardAndLoss();
    for (int l = network.layers() - 1; l >= 0; l--) {
      backward(l, works);
      works.addAll(
          products.update(
              shapes.gradient(l),
              below(l),
              deltas.layer(l),
              parameters.weights(l),
              optimizer.weights().get(l).rate(),
              state.memory()));
      works.add(
          kernels.updateBias(
              deltas.layer(l),
              parameters.biases(l),
              feed.rows(),
              network.out(l),
              optimizer.biases().get(l).rate(),
              state.memory()));
    }
    works.add(kernels.advance(state.memory()));
    return works;
  }

  /** A step with the same bits, by any optimiser, that leaves its gradients behind. */
  List<Work> keeping(ParameterMemory gradients) {
    List<Work> works = forwardAndLoss();
    for (int l = network.layers() - 1; l >= 0; l--) {
      backward(l, works);
      works.addAll(
          products.product(shapes.gradient(l), below(l), deltas.layer(l), gradients.weights(l)));
      works.add(
          kernels.columnSums(deltas.layer(l), gradients.biases(l), feed.rows(), network.out(l)));
    }
    for (int l = 0; l < network.layers(); l++) {
      int layer = l;
      works.add(
          kernels.update(
              optimizer.weights().get(l).update(optimizer.rule()),
              parameters.weights(l),
              gradients.weights(l),
              moments.stream().map(moment -> moment.weights(layer)).toList(),
              shapes.gradient(l).sizeOfC(),
              factors,
              state.memory()));
      works.add(
          kernels.update(
              optimizer.biases().get(l).update(optimizer.rule()),
              parameters.biases(l),
              gradients.biases(l),
              moments.stream().map(moment -> moment.biases(layer)).toList(),
              network.out(l),
              factors,
              state.memory()));
    }
    works.add(kernels.advance(state.memory()));
    return works;
  }

  private List<Work> forwardAndLoss() {
    List<Work> works = new ArrayList<>();
    products.startPlan();
    works.add(feed.gather(state));
    if (noise != null) {
      works.addAll(noise.shift(parameters, state));
    }
    IntFunction<DeviceMemory> biases =
        noise == null ? parameters::biases : l -> noise.biases(parameters, l);
    forward(network, shapes, products, feed.x(), parameters, biases, kept, activations, works);
    works.add(
        kernels.loss(
            loss,
            activations.last(),
            feed.y(),
            losses.memory(),
            deltas.last(),
            feed.rows(),
            network.outputs(),
            losses.slots(),
            state.memory()));
    return works;
  }

  /**
   * All layers' activations of some rows x.
   *
   * @param biases of each layer, with noise or without
   */
  static void forward(
      Network network,
      LayerShapes shapes,
      LayerProducts products,
      DeviceMemory x,
      ParameterMemory parameters,
      IntFunction<DeviceMemory> biases,
      LayerMemory kept,
      LayerMemory activations,
      List<Work> works) {
    for (int l = 0; l < network.layers(); l++) {
      works.addAll(
          products.forward(
              shapes.forward(l),
              network.activation(l),
              l == 0 ? x : activations.layer(l - 1),
              parameters.weights(l),
              biases.apply(l),
              kept.layer(l),
              activations.layer(l)));
    }
  }

  /** The deltas of the layer below, if there is one. */
  private void backward(int l, List<Work> works) {
    if (l > 0) {
      works.addAll(
          products.backward(
              shapes.backward(l),
              network.activation(l - 1),
              deltas.layer(l),
              parameters.weights(l),
              kept.layer(l - 1),
              deltas.layer(l - 1)));
    }
  }

  private DeviceMemory below(int l) {
    return l == 0 ? feed.x() : activations.layer(l - 1);
  }
}
