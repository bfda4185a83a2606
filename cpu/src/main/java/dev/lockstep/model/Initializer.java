package dev.lockstep.model;

import dev.lockstep.input.InputException;
import dev.lockstep.matrix.DrawnMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.random.Philox;
import dev.lockstep.random.Stream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;

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
    if (initialization instanceof Initialization.FromFile(Path file)) {
      return ParametersFile.read(file, network);
    }
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
      case Initialization.Groups(List<Integer> sizes) -> onReading(layer, grouped(layer, sizes));
      case Initialization.Perturbed(double epsilon) -> {
        DrawnMatrix.Element equal = equal(layer);
        yield onReading(
            layer,
            (i, j) ->
                equal.at(i, j)
                    + epsilon * Philox.normal(seed, Stream.NOISE, layer, index(layer, i, j)));
      }
      case Initialization.Uniform(double limit) ->
          onReading(layer, (i, j) -> limit * uniform(layer, index(layer, i, j)));
      case Initialization.Normal(double deviation) ->
          onReading(layer, (i, j) -> deviation * normal(layer, index(layer, i, j)));
      case Initialization.Glorot(Initialization.Distribution distribution) ->
          independent(layer, distribution, 2 / (in + out));
      case Initialization.He(Initialization.Distribution distribution) ->
          independent(layer, distribution, 2 / in);
      case Initialization.LeCun(Initialization.Distribution distribution) ->
          independent(layer, distribution, 1 / in);
      case Initialization.Orthogonal() ->
          OrthogonalMatrix.of(network.in(layer), network.out(layer), index -> normal(layer, index));
      case Initialization.Hadamard() -> onReading(layer, hadamard(layer));
      case Initialization.Identity() ->
          onReading(layer, in == out ? (i, j) -> i == j ? 1 : 0 : hadamard(layer));
      case Initialization.FromFile(Path file) ->
          throw new IllegalArgumentException("the weights of " + file + " are not drawn");
    };
  }

  private DrawnMatrix onReading(int layer, DrawnMatrix.Element element) {
    return new DrawnMatrix(network.in(layer), network.out(layer), element);
  }

  private long index(int layer, int row, int column) {
    return (long) row * network.out(layer) + column;
  }

  private DrawnMatrix independent(
      int layer, Initialization.Distribution distribution, double variance) {
    return onReading(layer, (i, j) -> drawn(layer, index(layer, i, j), distribution, variance));
  }

  private double drawn(
      int layer, long index, Initialization.Distribution distribution, double variance) {
    return switch (distribution) {
      case UNIFORM -> Math.sqrt(3 * variance) * uniform(layer, index);
      case NORMAL -> Math.sqrt(variance) * normal(layer, index);
    };
  }

  /** From [-1, 1). */
  private double uniform(int layer, long index) {
    return 2 * Philox.uniform(seed, Stream.WEIGHTS, layer, index) - 1;
  }

  private double normal(int layer, long index) {
    return Philox.normal(seed, Stream.WEIGHTS, layer, index);
  }

  private DrawnMatrix.Element equal(int layer) {
    return repeated(layer, units -> Grouping.of(List.of(units)));
  }

  private DrawnMatrix.Element grouped(int layer, List<Integer> sizes) {
    long sum = sizes.stream().mapToLong(Integer::longValue).sum();
    return repeated(
        layer,
        units -> {
          if (sum != units) {
            throw new InputException(
                "scenario",
                "initialization",
                new Initialization.Groups(sizes),
                "expected sizes that add up to " + units + ", the units of a hidden layer");
          }
          return Grouping.of(sizes);
        });
  }

  /**
   * The weights of the network with one unit a group, each divided by the size of the group it is
   * summed over: drawn once, and repeated for every unit. Inputs and outputs are groups of one.
   *
   * @param ofUnits the groups of so many units of a hidden layer
   */
  private DrawnMatrix.Element repeated(int layer, IntFunction<Grouping> ofUnits) {
    int in = network.in(layer);
    int out = network.out(layer);
    Grouping from = layer == 0 ? Grouping.single(in) : ofUnits.apply(in);
    Grouping to = layer == network.layers() - 1 ? Grouping.single(out) : ofUnits.apply(out);
    int groups = to.groups();
    double[] narrow = new double[Matrix.requireSize(from.groups(), groups)];
    double variance = 2.0 / (from.groups() + groups);
    for (int i = 0; i < narrow.length; i++) {
      double weight = drawn(layer, i, Initialization.Distribution.UNIFORM, variance);
      narrow[i] = weight / from.size(i / groups);
    }
    return (i, j) -> narrow[from.of(i) * groups + to.of(j)];
  }

  private DrawnMatrix.Element hadamard(int layer) {
    int in = network.in(layer);
    int out = network.out(layer);
    double scale = 1 / Math.sqrt(in);
    boolean wide = out >= in;
    int[] picked = powersOfTwoFirst(Math.min(in, out), Math.max(in, out));
    return (i, j) -> {
      int common = wide ? picked[i] & j : i & picked[j];
      return Integer.bitCount(common) % 2 == 0 ? scale : -scale;
    };
  }

  /** So many numbers below a power of two: the powers of two below {@code end}, then the others. */
  private static int[] powersOfTwoFirst(int count, int end) {
    int[] numbers = new int[count];
    int next = 0;
    for (int power = 1; power < end && next < count; power *= 2) {
      numbers[next++] = power;
    }
    for (int number = 0; next < count; number++) {
      if (Integer.bitCount(number) != 1) {
        numbers[next++] = number;
      }
    }
    return numbers;
  }

  /** Which group a unit belongs to; the units of a group are neighbours. */
  private record Grouping(int[] group, int[] sizes) {

    static Grouping of(List<Integer> sizes) {
      int[] group = new int[sizes.stream().mapToInt(Integer::intValue).sum()];
      int unit = 0;
      for (int g = 0; g < sizes.size(); g++) {
        Arrays.fill(group, unit, unit + sizes.get(g), g);
        unit += sizes.get(g);
      }
      return new Grouping(group, sizes.stream().mapToInt(Integer::intValue).toArray());
    }

    /** Each by itself. */
    static Grouping single(int units) {
      return of(Collections.nCopies(units, 1));
    }

    int groups() {
      return sizes.length;
    }

    int of(int unit) {
      return group[unit];
    }

    int size(int index) {
      return sizes[index];
    }
  }
}
