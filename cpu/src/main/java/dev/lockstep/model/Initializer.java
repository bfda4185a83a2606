package dev.lockstep.model;

import dev.lockstep.random.Philox;
import dev.lockstep.random.Stream;
import java.util.ArrayList;
import java.util.List;

/**
 * Draws the parameters of a network: on the host, in binary64, each rounded once to binary32, each
 * draw a function of (seed, layer, index in the weight matrix) alone. Every backend starts from the
 * same bits.
 */
public final class Initializer {

  private final Network network;
  private final long seed;

  private Initializer(Network network, long seed) {
    this.network = network;
    this.seed = seed;
  }

  /** Parameters of {@code network}, in binary32. */
  public static Parameters draw(Network network, Initialization initialization, long seed) {
    return onReading(network, initialization, seed).copy();
  }

  /**
   * The same parameters, drawn anew whenever they are read: they take no memory, and may be more
   * than there is.
   */
  public static Parameters onReading(Network network, Initialization initialization, long seed) {
    return new Initializer(network, seed).draw(initialization);
  }

  private Parameters draw(Initialization initialization) {
    List<Matrix> weights = new ArrayList<>();
    List<Matrix> biases = new ArrayList<>();
    for (int l = 0; l < network.layers(); l++) {
      weights.add(weights(l, initialization));
      biases.add(new FloatMatrix(1, network.out(l)));
    }
    return new Parameters(weights, biases);
  }

  private Matrix weights(int layer, Initialization initialization) {
    double in = network.in(layer);
    double out = network.out(layer);
    return switch (initialization) {
      case Initialization.Zero() -> onReading(layer, (_, _) -> 0);
      case Initialization.Constant(double value) -> onReading(layer, (_, _) -> value);
      case Initialization.EqualUnits() -> onReading(layer, equal(layer));
      case Initialization.Perturbed(double epsilon) -> {
        DrawnMatrix.Element equal = equal(layer);
        yield onReading(
            layer,
            (i, j) ->
                equal.at(i, j)
                    + epsilon * Philox.normal(seed, Stream.NOISE, layer, index(layer, i, j)));
      }
      case Initialization.Glorot(Initialization.Distribution distribution) ->
          onReading(
              layer, (i, j) -> drawn(layer, index(layer, i, j), distribution, 2 / (in + out)));
      case Initialization.He(Initialization.Distribution distribution) ->
          onReading(layer, (i, j) -> drawn(layer, index(layer, i, j), distribution, 2 / in));
    };
  }

  private DrawnMatrix onReading(int layer, DrawnMatrix.Element element) {
    return new DrawnMatrix(network.in(layer), network.out(layer), element);
  }

  private long index(int layer, int row, int column) {
    return (long) row * network.out(layer) + column;
  }

  private double drawn(
      int layer, long index, Initialization.Distribution distribution, double variance) {
    return switch (distribution) {
      case UNIFORM ->
          Math.sqrt(3 * variance) * (2 * Philox.uniform(seed, Stream.WEIGHTS, layer, index) - 1);
      case NORMAL -> Math.sqrt(variance) * Philox.normal(seed, Stream.WEIGHTS, layer, index);
    };
  }

  /**
   * The weights of the network with one unit a hidden layer, each divided by the width it is summed
   * over: drawn once, and repeated for every unit.
   */
  private DrawnMatrix.Element equal(int layer) {
    boolean first = layer == 0;
    boolean last = layer == network.layers() - 1;
    int narrowIn = first ? network.inputs() : 1;
    int narrowOut = last ? network.outputs() : 1;
    double[] narrow = new double[Matrix.requireSize(narrowIn, narrowOut)];
    for (int i = 0; i < narrow.length; i++) {
      double weight =
          drawn(layer, i, Initialization.Distribution.UNIFORM, 2.0 / (narrowIn + narrowOut));
      narrow[i] = first ? weight : weight / network.in(layer);
    }
    return (i, j) -> narrow[(first ? i : 0) * narrowOut + (last ? j : 0)];
  }
}
