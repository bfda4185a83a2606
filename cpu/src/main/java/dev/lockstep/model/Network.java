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
 * A multilayer perceptron, as the sequence of layers from a row's features to the outputs.
 *
 * <p>Layer {@code l} (from 0) has weights W[in(l)][out(l)], row-major, and a bias b[out(l)]. Hidden
 * layer {@code h} is the output of layer {@code h}. Its unit {@code j} owns column j of layer h's
 * weights, element j of layer h's bias and row j of layer h + 1's weights.
 *
 * @param layers the layers in order; each takes the outputs of the one before
 */
public record Network(List<Layer> layers) {

  public Network {
    layers = List.copyOf(layers);
  }

  /** How hidden layers normalize their products before adding the bias. */
  public enum Normalization implements Labelled {
    /** No normalization. */
    NONE,
    /** {@link Layer.Normalize}. */
    BATCH;

    /** All labels, as shown in help. */
    public static final String LABELS = "none, batch";

    @Override
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Creates a network without normalization. */
  public Network(int inputs, List<Integer> hidden, Activation activation, int outputs) {
    this(inputs, hidden, Normalization.NONE, activation, outputs);
  }

  /**
   * Creates a network of fully connected layers, with one activation for all hidden layers and the
   * identity at the output.
   *
   * @param inputs number of features, at least 1
   * @param hidden units of each hidden layer, each at least 1; may be empty
   * @param normalization applied in all hidden layers
   * @param outputs number of classes, at least 1
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

  /** Returns all parameters, from the first layer to the last: W1, b1, W2, b2, ... */
  public List<Layer.Parameter> parameters() {
    return layers.stream().flatMap(layer -> layer.parameters().stream()).toList();
  }

  /** Returns the parameters that the optimiser updates, in the same order. */
  public List<Layer.Parameter> learned() {
    return parameters().stream().filter(Layer.Parameter::isLearned).toList();
  }

  /**
   * Returns the parameter with a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public Layer.Parameter parameter(String name) {
    return parameters().stream()
        .filter(parameter -> parameter.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no parameter " + name));
  }

  /** Number of features. */
  public int inputs() {
    return in(0);
  }

  /** Number of units of each hidden layer. */
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

  /** Fan-in of a layer, from 0. */
  public int in(int layer) {
    return all(Linear.class).get(layer).inputs().size();
  }

  /** Fan-out of a layer, from 0. */
  public int out(int layer) {
    return all(Linear.class).get(layer).outputs().size();
  }

  /** The activation of a layer, from 0; the identity for the last. */
  public Activation activation(int layer) {
    return all(Activate.class).get(layer).activation();
  }

  /** Total number of elements of all parameters. */
  public long parameterCount() {
    return parameters().stream().mapToLong(Layer.Parameter::count).sum();
  }

  /** Number of activations per row, without the input. */
  public long activationCount() {
    return all(Activate.class).stream().mapToLong(layer -> layer.outputs().size()).sum();
  }

  /** Returns how many numbers per row must be kept until the gradients are known. */
  public long keptCount() {
    return layers.stream().mapToLong(Layer::keptOfRow).sum();
  }

  /** Returns {@code 64-129-129-10 tanh} or {@code 64-129-129-10 tanh, batch-normalized}. */
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
