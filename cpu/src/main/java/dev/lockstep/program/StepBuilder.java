package dev.lockstep.program;

import dev.lockstep.model.Loss;
import dev.lockstep.model.Network;
import dev.lockstep.model.Optimizer;
import dev.lockstep.model.Update;
import dev.lockstep.program.Axis.Batch;
import dev.lockstep.program.Axis.Features;
import dev.lockstep.program.Axis.One;
import dev.lockstep.program.Axis.Units;
import dev.lockstep.program.Tensor.Element;
import dev.lockstep.program.Tensor.Lifetime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Writes down the operations of a network, layer by layer: the one place that knows their order.
 */
final class StepBuilder {
  private final Network network;
  private final Optimizer optimizer;
  private final Axis batch;
  private final Axis one = new One();
  private final Tensor x;
  private final Tensor labels;
  private final Tensor rowLoss;
  private final Tensor stopped;
  private final List<Layer> layers = new ArrayList<>();
  private final List<Op> ops = new ArrayList<>();

  StepBuilder(Network network, Optimizer optimizer, int rows) {
    this.network = network;
    this.optimizer = optimizer;
    batch = new Batch(rows);
    x = step("X", batch, new Features(network.inputs()));
    labels = new Tensor("labels", Element.INTEGER, Lifetime.STEP, batch, one);
    rowLoss = step("row losses", batch, one);
    stopped = new Tensor("stop flag", Element.FLAG, Lifetime.STATE, one, one);
    for (int l = 0; l < network.layers(); l++) {
      layers.add(layer(l));
    }
  }

  private static Tensor step(String name, Axis rows, Axis columns) {
    return new Tensor(name, Element.REAL, Lifetime.STEP, rows, columns);
  }

  private Tensor ofBatch(String name, int l) {
    return step(name + " of layer " + (l + 1), batch, units(l));
  }

  private Axis units(int l) {
    return new Units(l, network.out(l));
  }

  private Layer layer(int l) {
    return new Layer(
        ofBatch("weighted input", l),
        ofBatch("activation", l),
        ofBatch("delta", l),
        parameter("W" + (l + 1), l == 0 ? x.columns() : units(l - 1), units(l)),
        parameter("b" + (l + 1), one, units(l)));
  }

  private Parameter parameter(String name, Axis rows, Axis columns) {
    return new Parameter(
        new Tensor(name, Element.REAL, Lifetime.STATE, rows, columns),
        step("gradient of " + name, rows, columns),
        IntStream.rangeClosed(1, optimizer.rule().moments())
            .mapToObj(k -> "moment " + k + " of " + name)
            .map(moment -> new Tensor(moment, Element.REAL, Lifetime.STATE, rows, columns))
            .toList());
  }

  private Tensor input(int l) {
    return l == 0 ? x : layers.get(l - 1).activations();
  }

  StepProgram training(Loss loss, boolean noise) {
    gather();
    int last = layers.size() - 1;
    for (int l = 0; l <= last; l++) {
      forward(l, noise && l < last ? shiftedBias(l) : layers.get(l).bias().value());
    }
    loss(loss);
    ops.add(new Op.Stop(rowLoss, stopped));
    for (int l = last; l >= 0; l--) {
      backward(l);
    }
    return program();
  }

  private void gather() {
    Tensor numbers = new Tensor("row numbers", Element.INTEGER, Lifetime.INPUT, batch, one);
    ops.add(new Op.Gather(numbers, x, labels));
  }

  StepProgram evaluation(Loss loss) {
    gather();
    for (int l = 0; l < layers.size(); l++) {
      forward(l, layers.get(l).bias().value());
    }
    loss(loss);
    return program();
  }

  private StepProgram program() {
    return new StepProgram(ops, layers, x, labels, rowLoss);
  }

  private Tensor shiftedBias(int l) {
    String ofLayer = " of layer " + (l + 1);
    Tensor noise = new Tensor("noise" + ofLayer, Element.REAL, Lifetime.INPUT, one, units(l));
    Tensor shifted = step("biases with noise" + ofLayer, one, units(l));
    ops.add(new Op.ShiftBias(layers.get(l).bias().value(), noise, shifted));
    return shifted;
  }

  private void forward(int l, Tensor bias) {
    Layer layer = layers.get(l);
    Tensor product = ofBatch("product", l);
    ops.add(new Op.Product(ProductForm.AB, input(l), layer.weights().value(), product));
    ops.add(
        new Op.BiasActivation(
            network.activation(l), product, bias, layer.z(), layer.activations()));
  }

  private void loss(Loss loss) {
    Layer last = layers.getLast();
    ops.add(new Op.Loss(loss, last.activations(), labels, rowLoss, last.delta()));
  }

  /** The delta of the layer below needs this layer's weights as they were, so it comes first. */
  private void backward(int l) {
    Layer layer = layers.get(l);
    if (l > 0) {
      Layer below = layers.get(l - 1);
      Tensor upstream = ofBatch("upstream gradient", l - 1);
      boolean keepsInput = network.activation(l - 1).keepsInput();
      ops.add(new Op.Product(ProductForm.ABT, layer.delta(), layer.weights().value(), upstream));
      ops.add(
          new Op.Derivative(
              network.activation(l - 1),
              upstream,
              keepsInput ? below.z() : below.activations(),
              below.delta()));
    }
    ops.add(new Op.Product(ProductForm.ATB, input(l), layer.delta(), layer.weights().gradient()));
    update(optimizer.weights().get(l), layer.weights());
    ops.add(new Op.ColumnSums(layer.delta(), layer.bias().gradient()));
    update(optimizer.biases().get(l), layer.bias());
  }

  private void update(Update by, Parameter parameter) {
    ops.add(
        new Op.Update(by, parameter.value(), parameter.gradient(), parameter.moments(), stopped));
  }
}
