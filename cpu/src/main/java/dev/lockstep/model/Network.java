package dev.lockstep.model;

import dev.lockstep.input.InputException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A multilayer perceptron: fully connected layers, one activation for all hidden layers, identity
 * at the output.
 *
 * <p>Layer {@code l} (from 0) has weights W[in(l)][out(l)], row-major, and a bias b[out(l)]. Hidden
 * layer {@code h} is the output of layer {@code h}; unit {@code j} of it is column j of layer h's
 * weights, element j of its bias and row j of layer h + 1's weights.
 *
 * @param inputs features of a row, at least 1
 * @param hidden units of each hidden layer, each at least 1; may be empty
 * @param activation of all hidden layers
 * @param outputs classes, at least 1
 */
public record Network(int inputs, List<Integer> hidden, Activation activation, int outputs) {

  public Network {
    hidden = List.copyOf(hidden);
    requirePositive("inputs", inputs);
    hidden.forEach(units -> requirePositive("width", units));
    requirePositive("outputs", outputs);
    for (int l = 0; l <= hidden.size(); l++) {
      long in = l == 0 ? inputs : hidden.get(l - 1);
      long out = l == hidden.size() ? outputs : hidden.get(l);
      if (in * out > Integer.MAX_VALUE) {
        throw new InputException(
            "network",
            "layer " + (l + 1),
            in + " x " + out,
            "one layer may have at most 2147483647 weights");
      }
    }
  }

  private static void requirePositive(String field, int value) {
    if (value < 1) {
      throw new InputException("network", field, value, "expected at least 1");
    }
  }

  /** Number of weight layers: hidden layers plus one. */
  public int layers() {
    return hidden.size() + 1;
  }

  /** Number of hidden layers. */
  public int depth() {
    return hidden.size();
  }

  /** Fan-in of a layer. */
  public int in(int layer) {
    return layer == 0 ? inputs : hidden.get(layer - 1);
  }

  /** Fan-out of a layer. */
  public int out(int layer) {
    return layer == hidden.size() ? outputs : hidden.get(layer);
  }

  /** The activation that follows a layer: the network's, or identity after the last. */
  public Activation activation(int layer) {
    return layer == hidden.size() ? Activation.IDENTITY : activation;
  }

  /** Number of weights and biases. */
  public long parameterCount() {
    return IntStream.range(0, layers()).mapToLong(l -> (in(l) + 1L) * out(l)).sum();
  }

  /** Number of activations of one row, the input left out. */
  public long activationCount() {
    return IntStream.range(0, layers()).mapToLong(this::out).sum();
  }

  /** Number of inputs of activations that one row keeps beside their outputs. */
  public long keptInputCount() {
    return activation.keepsInput() ? activationCount() - outputs : 0;
  }

  /** Layer sizes and activation: {@code 64-129-129-10 tanh}. */
  @Override
  public String toString() {
    return Stream.of(Stream.of(inputs), hidden.stream(), Stream.of(outputs))
            .flatMap(sizes -> sizes)
            .map(String::valueOf)
            .collect(Collectors.joining("-"))
        + " "
        + activation.label();
  }
}
