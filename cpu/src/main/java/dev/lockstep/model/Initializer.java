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

  private FloatMatrix weights(int layer, Initialization initialization) {
    double in = network.in(layer);
    double out = network.out(layer);
    return switch (initialization) {
      case Initialization.Zero() -> fill(layer, _ -> 0);
      case Initialization.Constant(double value) -> fill(layer, _ -> value);
      case Initialization.EqualUnits() -> fill(layer, index -> equal(layer, index));
      case Initialization.Perturbed(double epsilon) ->
          fill(
              layer,
              index ->
                  equal(layer, index) + epsilon * Philox.normal(seed, Stream.NOISE, layer, index));
      case Initialization.Glorot(Initialization.Distribution distribution) ->
          fill(layer, index -> drawn(layer, index, distribution, 2 / (in + out)));
      case Initialization.He(Initialization.Distribution distribution) ->
          fill(layer, index -> drawn(layer, index, distribution, 2 / in));
    };
  }

  private interface Element {
    double at(long index);
  }

  private FloatMatrix fill(int layer, Element element) {
    FloatMatrix matrix = new FloatMatrix(network.in(layer), network.out(layer));
    float[] data = matrix.data();
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) element.at(i);
    }
    return matrix;
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
   * The weight of the network with one unit a hidden layer that (row, column) repeats, divided by
   * the width it is summed over.
   */
  private double equal(int layer, long index) {
    boolean first = layer == 0;
    boolean last = layer == network.layers() - 1;
    int row = (int) (index / network.out(layer));
    int column = (int) (index % network.out(layer));
    int narrowIn = first ? network.inputs() : 1;
    int narrowOut = last ? network.outputs() : 1;
    long narrowIndex = (long) (first ? row : 0) * narrowOut + (last ? column : 0);
    double narrow =
        drawn(
            layer, narrowIndex, Initialization.Distribution.UNIFORM, 2.0 / (narrowIn + narrowOut));
    return first ? narrow : narrow / network.in(layer);
  }
}
