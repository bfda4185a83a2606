package dev.lockstep.model;

import dev.lockstep.input.InputException;
import dev.lockstep.input.Labelled;
import dev.lockstep.model.Axis.Features;
import dev.lockstep.model.Axis.Outputs;
import dev.lockstep.model.Axis.Units;
import dev.lockstep.model.Layer.Activate;
import dev.lockstep.model.Layer.Linear;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A multilayer perceptron: what a row goes through, from its features to the outputs.
 *
 * <p>Layer {@code l} (from 0) has weights W[in(l)][out(l)], row-major, and a bias b[out(l)]. Hidden
 * layer {@code h} is the output of layer {@code h}; unit {@code j} of it is column j of layer h's
 * weights, element j of its bias and row j of layer h + 1's weights.
 *
 * @param layers of which each takes what the one before hands over
 */
public record Network(List<Layer> layers) {

  public Network {
    layers = List.copyOf(layers);
  }

  /** What hidden layers do to the products before the bias is added. */
  public enum Normalization implements Labelled {
    /** Nothing. */
    NONE,
    /** {@link Layer.Normalize}. */
    BATCH;

    /** All labels, as help has them. */
    public static final String LABELS = "none, batch";

    @Override
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Without normalization. */
  public Network(int inputs, List<Integer> hidden, Activation activation, int outputs) {
    this(inputs, hidden, Normalization.NONE, activation, outputs);
  }

  /**
   * Fully connected layers, one activation for all hidden layers, the identity at the output.
   *
   * @param inputs features of a row, at least 1
   * @param hidden units of each hidden layer, each at least 1; may be empty
   * @param normalization of all hidden layers
   * @param outputs classes, at least 1
   */
  public Network(
      int inputs,
      List<Integer> hidden,
      Normalization normalization,
      Activation activation,
      int outputs) {
    this(perceptron(inputs, hidden, normalization, activation, outputs));
  }

  private static List<Layer> perceptron(
      int inputs,
      List<Integer> hidden,
      Normalization normalization,
      Activation activation,
      int outputs) {
    requirePositive("inputs", inputs);
    hidden.forEach(units -> requirePositive("width", units));
    requirePositive("outputs", outputs);
    List<Layer> layers = new ArrayList<>();
    Axis below = new Features(inputs);
    for (int l = 0; l <= hidden.size(); l++) {
      boolean last = l == hidden.size();
      Axis here = last ? new Outputs(outputs) : new Units(l, hidden.get(l));
      if ((long) below.size() * here.size() > Integer.MAX_VALUE) {
        throw new InputException(
            "network",
            "layer " + (l + 1),
            below.size() + " x " + here.size(),
            "one layer may have at most 2147483647 weights");
      }
      layers.add(new Linear(l, below, here));
      if (!last && normalization == Normalization.BATCH) {
        layers.add(new Layer.Normalize(l, here));
      }
      layers.add(new Activate(l, here, last ? Activation.IDENTITY : activation));
      below = here;
    }
    return layers;
  }

  private static void requirePositive(String field, int value) {
    if (value < 1) {
      throw new InputException("network", field, value, "expected at least 1");
    }
  }

  private <T extends Layer> List<T> all(Class<T> kind) {
    return layers.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** All parameters, from the first layer to the last: W1, b1, W2, b2, ... */
  public List<Layer.Parameter> parameters() {
    return layers.stream().flatMap(layer -> layer.parameters().stream()).toList();
  }

  /** Those of them that the optimiser updates. */
  public List<Layer.Parameter> learned() {
    return parameters().stream().filter(Layer.Parameter::isLearned).toList();
  }

  /**
   * The parameter of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Layer.Parameter parameter(String name) {
    return parameters().stream()
        .filter(parameter -> parameter.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no parameter " + name));
  }

  /** Features of a row. */
  public int inputs() {
    return in(0);
  }

  /** Units of each hidden layer. */
  public List<Integer> hidden() {
    return all(Linear.class).stream().limit(depth()).map(layer -> layer.outputs().size()).toList();
  }

  /** Number of classes. */
  public int outputs() {
    return layers.getLast().outputs().size();
  }

  /** Number of hidden layers. */
  public int depth() {
    return all(Linear.class).size() - 1;
  }

  /** Fan-in of a layer. */
  public int in(int layer) {
    return all(Linear.class).get(layer).inputs().size();
  }

  /** Fan-out of a layer. */
  public int out(int layer) {
    return all(Linear.class).get(layer).outputs().size();
  }

  /** The activation that follows a layer: that of all hidden layers, or identity after the last. */
  public Activation activation(int layer) {
    return all(Activate.class).get(layer).activation();
  }

  /** Number of elements of all parameters. */
  public long parameterCount() {
    return parameters().stream().mapToLong(Layer.Parameter::count).sum();
  }

  /** Number of activations of one row, the input left out. */
  public long activationCount() {
    return all(Activate.class).stream().mapToLong(layer -> layer.outputs().size()).sum();
  }

  /** Numbers of one row that are kept until its gradients are known. */
  public long keptCount() {
    return layers.stream().mapToLong(Layer::keptOfRow).sum();
  }

  /** {@code 64-129-129-10 tanh}, or {@code 64-129-129-10 tanh, batch-normalized}. */
  @Override
  public String toString() {
    return Stream.concat(
                Stream.of(inputs()), all(Linear.class).stream().map(l -> l.outputs().size()))
            .map(String::valueOf)
            .collect(Collectors.joining("-"))
        + " "
        + activation(0).label()
        + (all(Layer.Normalize.class).isEmpty() ? "" : ", batch-normalized");
  }
}
