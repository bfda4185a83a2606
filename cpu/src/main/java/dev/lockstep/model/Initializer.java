package dev.lockstep.model;

import dev.lockstep.input.InputException;
import dev.lockstep.matrix.DrawnMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.random.Philox;
import dev.lockstep.random.Stream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Draws the parameters of a network on the host, in binary64, and rounds each once to binary32.
 * Each draw depends only on the seed, the layer and the row-major index in the weight matrix. Every
 * backend starts from the same bits.
 */
public final class Initializer {

  private final int layer;
  private final Axis rows;
  private final Axis columns;
  private final int in;
  private final int out;
  private final long seed;

  private Initializer(Layer.Parameter weights, long seed) {
    this.layer = weights.layer();
    this.rows = weights.rows();
    this.columns = weights.columns();
    this.in = rows.size();
    this.out = columns.size();
    this.seed = seed;
  }

  /** Draws the parameters of {@code network}, in binary32. */
  public static Parameters draw(Network network, Initialization initialization, long seed) {
    return onReading(network, initialization, seed).copy();
  }

  /**
   * Returns the parameters that {@link #draw} returns, but draws each element when it is read. They
   * take no memory, so they may be larger than the heap.
   */
  public static Parameters onReading(Network network, Initialization initialization, long seed) {
    return initialization instanceof Initialization.FromFile(Path file)
        ? ParametersFile.read(file, network)
        : Parameters.of(network.parameters(), parameter -> start(parameter, initialization, seed));
  }

  private static Matrix start(Layer.Parameter parameter, Initialization initialization, long seed) {
    double value = parameter.role().start();
    return parameter.role() == Layer.Role.WEIGHTS
        ? new Initializer(parameter, seed).weights(initialization)
        : new DrawnMatrix(parameter.rows().size(), parameter.columns().size(), (_, _) -> value);
  }

  private Matrix weights(Initialization initialization) {
    return switch (initialization) {
      case Initialization.Zero() -> onReading((_, _) -> 0);
      case Initialization.Constant(double value) -> onReading((_, _) -> value);
      case Initialization.EqualUnits() -> onReading(equal());
      case Initialization.Copies(Initialization random) -> onReading(copied(weights(random)));
      case Initialization.Groups(List<Integer> sizes) -> onReading(grouped(sizes));
      case Initialization.Perturbed(double epsilon) -> {
        DrawnMatrix.Element equal = equal();
        yield onReading(
            (i, j) ->
                equal.at(i, j) + epsilon * Philox.normal(seed, Stream.NOISE, layer, index(i, j)));
      }
      case Initialization.Uniform(double limit) ->
          onReading((i, j) -> limit * uniform(index(i, j)));
      case Initialization.Normal(double deviation) ->
          onReading((i, j) -> deviation * normal(index(i, j)));
      case Initialization.Glorot(Initialization.Distribution distribution) ->
          independent(distribution, 2 / ((double) in + out));
      case Initialization.He(Initialization.Distribution distribution) ->
          independent(distribution, 2.0 / in);
      case Initialization.LeCun(Initialization.Distribution distribution) ->
          independent(distribution, 1.0 / in);
      case Initialization.Orthogonal() -> OrthogonalMatrix.of(in, out, this::normal);
      case Initialization.Hadamard() -> onReading(hadamard());
      case Initialization.Identity() ->
          onReading(in == out ? (i, j) -> i == j ? 1 : 0 : hadamard());
      case Initialization.FromFile(Path file) ->
          throw new IllegalArgumentException("the weights of " + file + " are not drawn");
    };
  }

  private DrawnMatrix onReading(DrawnMatrix.Element element) {
    return new DrawnMatrix(in, out, element);
  }

  private long index(int row, int column) {
    return (long) row * out + column;
  }

  private DrawnMatrix independent(Initialization.Distribution distribution, double variance) {
    return onReading((i, j) -> drawn(index(i, j), distribution, variance));
  }

  private double drawn(long index, Initialization.Distribution distribution, double variance) {
    return switch (distribution) {
      case UNIFORM -> Math.sqrt(3 * variance) * uniform(index);
      case NORMAL -> Math.sqrt(variance) * normal(index);
    };
  }

  /** Draws from [-1, 1). */
  private double uniform(long index) {
    return 2 * Philox.uniform(seed, Stream.WEIGHTS, layer, index) - 1;
  }

  private double normal(long index) {
    return Philox.normal(seed, Stream.WEIGHTS, layer, index);
  }

  /** Repeats the first unit's weights, and divides those that are summed over its copies. */
  private DrawnMatrix.Element copied(Matrix random) {
    boolean fromUnits = rows instanceof Axis.Units;
    boolean toUnits = columns instanceof Axis.Units;
    double root = Math.sqrt(rows.units());
    return (i, j) -> random.value((fromUnits ? 0 : i * out) + (toUnits ? 0 : j)) / root;
  }

  private DrawnMatrix.Element equal() {
    return repeated(units -> Grouping.of(List.of(units)));
  }

  private DrawnMatrix.Element grouped(List<Integer> sizes) {
    long sum = sizes.stream().mapToLong(Integer::longValue).sum();
    return repeated(
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
   * Draws the weights of the network with one unit per group, divides each by the size of the group
   * it is summed over, and repeats them for every unit. Each input and each output is a group of
   * its own.
   *
   * @param ofUnits returns the grouping of a hidden layer with the given number of units
   */
  private DrawnMatrix.Element repeated(IntFunction<Grouping> ofUnits) {
    Grouping from = grouping(rows, ofUnits);
    Grouping to = grouping(columns, ofUnits);
    int groups = to.groups();
    double[] narrow = new double[Matrix.requireSize(from.groups(), groups)];
    double variance = 2.0 / (from.groups() + groups);
    for (int i = 0; i < narrow.length; i++) {
      double weight = drawn(i, Initialization.Distribution.UNIFORM, variance);
      narrow[i] = weight / from.size(i / groups);
    }
    return (i, j) -> narrow[from.of(i) * groups + to.of(j)];
  }

  private static Grouping grouping(Axis axis, IntFunction<Grouping> ofUnits) {
    return axis instanceof Axis.Units ? ofUnits.apply(axis.size()) : Grouping.single(axis.size());
  }

  private DrawnMatrix.Element hadamard() {
    double scale = 1 / Math.sqrt(in);
    boolean wide = out >= in;
    int[] picked = powersOfTwoFirst(Math.min(in, out), Math.max(in, out));
    return (i, j) -> {
      int common = wide ? picked[i] & j : i & picked[j];
      return Integer.bitCount(common) % 2 == 0 ? scale : -scale;
    };
  }

  /** Returns {@code count} numbers: the powers of two below {@code end}, then the others from 0. */
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

  /**
   * Maps each unit to its group. The units of a group are adjacent.
   *
   * @param group the group of each unit
   * @param sizes the size of each group
   */
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

    /** Puts each unit into a group of its own. */
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
