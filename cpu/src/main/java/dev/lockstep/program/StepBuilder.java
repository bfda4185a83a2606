package dev.lockstep.program;

import dev.lockstep.model.Axis;
import dev.lockstep.model.Axis.Batch;
import dev.lockstep.model.Axis.Features;
import dev.lockstep.model.Axis.One;
import dev.lockstep.model.Axis.Outputs;
import dev.lockstep.model.Layer;
import dev.lockstep.model.Layer.Role;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network;
import dev.lockstep.model.Optimizer;
import dev.lockstep.program.Formula.Kind;
import dev.lockstep.program.Tensor.Element;
import dev.lockstep.program.Tensor.Lifetime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Builds the operations of a network, layer by layer. Only this class knows their order. */
final class StepBuilder {
  private static final String NORMALIZATION = "normalization";

  private final Network network;
  private final Optimizer optimizer;
  private final Axis batch;
  private final Axis one = new One();
  private final Tensor x;
  private final Tensor labels;
  private final Tensor rowLoss;
  private final Tensor stopped;
  private final Map<Layer.Parameter, Tensor> values;
  private final Map<Layer.Parameter, Tensor> gradients;
  private final List<Map<Layer.Parameter, Tensor>> moments;
  private final List<LayerTensors> layers = new ArrayList<>();
  private final List<Op> ops = new ArrayList<>();

  /** The purpose of a list of operations. */
  private enum Purpose {
    TRAIN,
    TRAIN_WITH_NOISE,
    EVALUATE
  }

  /** Weight gradients and updates that must wait until the layer below has read the old weights. */
  private final List<Op> deferred = new ArrayList<>();

  /** The output of the layers built so far. */
  private Tensor output;

  StepBuilder(Network network, Optimizer optimizer, int rows) {
    this.network = network;
    this.optimizer = optimizer;
    batch = new Batch(rows);
    x = step("X", batch, new Features(network.inputs()));
    labels = new Tensor("labels", Element.INTEGER, Lifetime.STEP, batch, one);
    rowLoss = step("row losses", batch, one);
    stopped = new Tensor("stop flag", Element.FLAG, Lifetime.STATE, one, one);
    values = tensors(network.parameters(), "", Lifetime.STATE);
    gradients = tensors(network.learned(), "gradient of ", Lifetime.STEP);
    moments =
        IntStream.rangeClosed(1, optimizer.rule().moments())
            .mapToObj(k -> tensors(network.learned(), "moment " + k + " of ", Lifetime.STATE))
            .toList();
    output = x;
  }

  private static Map<Layer.Parameter, Tensor> tensors(
      List<Layer.Parameter> parameters, String prefix, Lifetime lifetime) {
    Map<Layer.Parameter, Tensor> tensors = new LinkedHashMap<>();
    for (Layer.Parameter each : parameters) {
      String name = prefix + each.name();
      tensors.put(each, new Tensor(name, Element.REAL, lifetime, each.rows(), each.columns()));
    }
    return tensors;
  }

  private static Tensor step(String name, Axis rows, Axis columns) {
    return new Tensor(name, Element.REAL, Lifetime.STEP, rows, columns);
  }

  private Tensor ofUnits(String name, int number, Axis columns) {
    return step(name + " of layer " + (number + 1), one, columns);
  }

  private Tensor ofBatch(String name, int number, Axis columns) {
    return step(name + " of layer " + (number + 1), batch, columns);
  }

  StepProgram training(Loss loss, boolean noise) {
    List<UnaryOperator<Tensor>> back = forward(noise ? Purpose.TRAIN_WITH_NOISE : Purpose.TRAIN);
    Tensor delta = loss(loss);
    ops.add(new Op.Stop(rowLoss, stopped));
    for (UnaryOperator<Tensor> layer : back.reversed()) {
      delta = layer.apply(delta);
    }
    ops.addAll(deferred);
    return program();
  }

  StepProgram evaluation(Loss loss) {
    forward(Purpose.EVALUATE);
    loss(loss);
    return program();
  }

  private StepProgram program() {
    return new StepProgram(ops, layers, x, labels, rowLoss, values, gradients, moments);
  }

  private Tensor loss(Loss loss) {
    LayerTensors last = layers.getLast();
    ops.add(new Op.Loss(loss, last.activations(), labels, rowLoss, last.delta()));
    return last.delta();
  }

  /**
   * Adds the forward operations, from the rows to the outputs.
   *
   * @return for each layer, a function that adds its backward operations: it takes the gradient of
   *     the layer's output and returns the gradient of its input
   */
  private List<UnaryOperator<Tensor>> forward(Purpose purpose) {
    Tensor numbers = new Tensor("row numbers", Element.INTEGER, Lifetime.INPUT, batch, one);
    ops.add(new Op.Gather(numbers, x, labels));
    List<UnaryOperator<Tensor>> back = new ArrayList<>();
    for (Layer layer : network.layers()) {
      back.add(
          switch (layer) {
            case Layer.Linear linear -> forward(linear);
            case Layer.Normalize normalize -> forward(normalize, purpose);
            case Layer.Activate activate -> forward(activate, purpose);
          });
    }
    return back;
  }

  private UnaryOperator<Tensor> forward(Layer.Linear layer) {
    Layer.Parameter weights = layer.parameters().getFirst();
    Tensor input = output;
    output = ofBatch("product", layer.number(), layer.outputs());
    ops.add(new Op.Product(ProductForm.AB, input, value(weights), output));
    return delta -> {
      Tensor upstream = ofBatch("upstream gradient", layer.number() - 1, layer.inputs());
      if (!input.equals(x)) {
        ops.add(new Op.Product(ProductForm.ABT, delta, value(weights), upstream));
      }
      deferred.add(new Op.Product(ProductForm.ATB, input, delta, gradient(weights)));
      deferred.add(update(weights));
      return upstream;
    };
  }

  private UnaryOperator<Tensor> forward(Layer.Normalize layer, Purpose purpose) {
    int number = layer.number();
    Axis units = layer.outputs();
    boolean running = purpose == Purpose.EVALUATE;
    Formula byRows = new Formula(Kind.DIVIDED, batch.size());
    Tensor x = output;
    Tensor mean = value(layer.mean());
    Tensor variance = value(layer.variance());
    if (!running) {
      Tensor sums = ofUnits("sums of products", number, units);
      ops.add(new Op.ColumnSums(x, sums));
      mean = elementwise(byRows, ofUnits("mean product", number, units), sums);
    }
    Tensor centred =
        elementwise(
            Formula.of(Kind.DIFFERENCE), ofBatch("centred product", number, units), x, mean);
    if (!running) {
      Tensor squares = ofUnits("squares of products", number, units);
      ops.add(new Op.ColumnProducts(NORMALIZATION, centred, centred, squares));
      variance = elementwise(byRows, ofUnits("variance of products", number, units), squares);
    }
    Tensor inverse =
        elementwise(
            new Formula(Kind.INVERSE_ROOT, Layer.Normalize.EPSILON),
            ofUnits("inverse deviation", number, units),
            variance);
    Tensor normal = product(ofBatch("normalized product", number, units), centred, inverse);
    Tensor gain = value(layer.gain());
    output = product(ofBatch("scaled product", number, units), normal, gain);
    Normalized made = new Normalized(layer, mean, variance, inverse, normal);
    return delta -> backward(made, delta);
  }

  /** The tensors of a normalization that its backward operations read. */
  private record Normalized(
      Layer.Normalize layer, Tensor mean, Tensor variance, Tensor inverse, Tensor normal) {}

  private Tensor backward(Normalized made, Tensor delta) {
    Layer.Normalize layer = made.layer();
    int number = layer.number();
    Axis units = layer.outputs();
    Tensor gain = value(layer.gain());
    Tensor ofGain = gradient(layer.gain());
    Tensor ofBias = gradient(new Layer.Parameter(Role.BIAS, number, one, units));
    ops.add(new Op.ColumnProducts("gain gradient", delta, made.normal(), ofGain));
    Tensor both =
        elementwise(
            Formula.of(Kind.FMA),
            ofBatch("sum of statistics gradients", number, units),
            made.normal(),
            ofGain,
            ofBias);
    Tensor share =
        elementwise(
            new Formula(Kind.DIVIDED, batch.size()),
            ofBatch("mean of statistics gradients", number, units),
            both);
    Tensor own =
        elementwise(
            Formula.of(Kind.DIFFERENCE), ofBatch("centred delta", number, units), delta, share);
    Tensor factor = product(ofUnits("gain over deviation", number, units), gain, made.inverse());
    Tensor upstream = product(ofBatch("gradient of products", number, units), own, factor);
    ops.add(update(layer.gain()));
    Tensor spread =
        elementwise(
            new Formula(Kind.MULTIPLIED, Layer.Normalize.unbiased(batch.size())),
            ofUnits("unbiased variance", number, units),
            made.variance());
    approach(value(layer.mean()), made.mean());
    approach(value(layer.variance()), spread);
    return upstream;
  }

  private void approach(Tensor running, Tensor ofBatch) {
    ops.add(
        new Op.Elementwise(
            "running statistics",
            new Formula(Kind.APPROACHED, Layer.Normalize.SHARE),
            List.of(ofBatch, running),
            running,
            Optional.of(stopped)));
  }

  private Tensor product(Tensor result, Tensor a, Tensor b) {
    return elementwise(Formula.of(Kind.PRODUCT), result, a, b);
  }

  private Tensor elementwise(Formula formula, Tensor result, Tensor... operands) {
    ops.add(
        new Op.Elementwise(NORMALIZATION, formula, List.of(operands), result, Optional.empty()));
    return result;
  }

  private UnaryOperator<Tensor> forward(Layer.Activate layer, Purpose purpose) {
    Layer.Parameter bias = layer.parameters().getFirst();
    int number = layer.number();
    boolean last = layer.outputs() instanceof Outputs;
    Tensor product = output;
    Tensor z = ofBatch("weighted input", number, layer.outputs());
    Tensor a =
        last
            ? step("outputs", batch, layer.outputs())
            : ofBatch("activations", number, layer.outputs());
    Tensor delta = ofBatch("delta", number, layer.outputs());
    Tensor added =
        purpose == Purpose.TRAIN_WITH_NOISE && !last ? shifted(number, value(bias)) : value(bias);
    ops.add(new Op.BiasActivation(layer.activation(), product, added, z, a));
    layers.add(new LayerTensors(a, delta));
    output = a;
    return upstream -> {
      if (!last) {
        Tensor kept = layer.activation().keepsInput() ? z : a;
        ops.add(new Op.Derivative(layer.activation(), upstream, kept, delta));
      }
      ops.addAll(deferred);
      deferred.clear();
      ops.add(new Op.ColumnSums(delta, gradient(bias)));
      ops.add(update(bias));
      return delta;
    };
  }

  private Tensor shifted(int number, Tensor bias) {
    String ofLayer = " of layer " + (number + 1);
    Tensor noise = new Tensor("noise" + ofLayer, Element.REAL, Lifetime.INPUT, one, bias.columns());
    Tensor shifted = ofUnits("biases with noise", number, bias.columns());
    ops.add(new Op.ShiftBias(bias, noise, shifted));
    return shifted;
  }

  private Tensor value(Layer.Parameter parameter) {
    return of(values, parameter);
  }

  private Tensor gradient(Layer.Parameter parameter) {
    return of(gradients, parameter);
  }

  private static Tensor of(Map<Layer.Parameter, Tensor> tensors, Layer.Parameter parameter) {
    return Objects.requireNonNull(tensors.get(parameter), parameter::name);
  }

  private Op update(Layer.Parameter parameter) {
    return new Op.Update(
        optimizer.of(parameter.name()),
        value(parameter),
        gradient(parameter),
        moments.stream().map(moment -> of(moment, parameter)).toList(),
        stopped);
  }
}
