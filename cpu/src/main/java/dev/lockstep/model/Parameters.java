package dev.lockstep.model;

import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.DrawnMatrix;
import dev.lockstep.matrix.Matrix;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * The parameters of a network, or matrices of the same shapes, such as gradients and moments.
 *
 * @param entries one per parameter, in the network's order: W1, b1, W2, b2, ...
 */
public record Parameters(List<Entry> entries) {

  /** A parameter, as the network declares it, and its matrix. */
  public record Entry(Layer.Parameter parameter, Matrix matrix) {
    public Entry {
      if (matrix.rows() != parameter.rows().size()
          || matrix.columns() != parameter.columns().size()) {
        throw new IllegalArgumentException(
            parameter.name()
                + " is "
                + matrix.shape()
                + ", the network wants "
                + parameter.rows().size()
                + " x "
                + parameter.columns().size());
      }
    }

    /** The parameter's name: {@code W1}, {@code b1}, ... */
    public String name() {
      return parameter.name();
    }
  }

  public Parameters {
    entries = List.copyOf(entries);
  }

  /** Creates a matrix for each parameter. */
  public static Parameters of(
      Collection<Layer.Parameter> parameters, Function<Layer.Parameter, Matrix> matrices) {
    return new Parameters(
        parameters.stream().map(each -> new Entry(each, matrices.apply(each))).toList());
  }

  /** Reads the matrix of each parameter from its source. */
  public static <T> Parameters of(
      Map<Layer.Parameter, T> sources, Function<T, ? extends Matrix> read) {
    return new Parameters(
        sources.entrySet().stream()
            .map(source -> new Entry(source.getKey(), read.apply(source.getValue())))
            .toList());
  }

  /** Writes the matrix of each of the given parameters to its target. */
  public <T> void handTo(Map<Layer.Parameter, T> targets, BiConsumer<T, Matrix> write) {
    targets.forEach((parameter, target) -> write.accept(target, get(parameter.name())));
  }

  /**
   * Returns the matrix of a parameter.
   *
   * @param name such as {@code W1}
   * @throws IllegalArgumentException if there is no parameter of this name
   */
  public Matrix get(String name) {
    return entries.stream()
        .filter(entry -> entry.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no parameter " + name))
        .matrix();
  }

  /** Returns the weights of a layer (from 0), in x out. */
  public Matrix weights(int layer) {
    return get("W" + (layer + 1));
  }

  /** Returns the bias of a layer (from 0), 1 x out. */
  public Matrix bias(int layer) {
    return get("b" + (layer + 1));
  }

  /** Number of layers. */
  public int layers() {
    return entries.getLast().parameter().layer() + 1;
  }

  /** Bytes per element: 8 for binary64, otherwise 4. */
  public int elementBytes() {
    return entries.getFirst().matrix() instanceof DoubleMatrix ? Double.BYTES : Float.BYTES;
  }

  /** Returns the same parameters with each matrix replaced. */
  public Parameters map(UnaryOperator<Matrix> operator) {
    return new Parameters(
        entries.stream()
            .map(entry -> new Entry(entry.parameter(), operator.apply(entry.matrix())))
            .toList());
  }

  /** Returns a copy that shares no data with this one. */
  public Parameters copy() {
    return map(Matrix::copy);
  }

  /** Returns matrices of the same shapes, filled with +0. */
  public Parameters zeros() {
    return map(matrix -> new DrawnMatrix(matrix.rows(), matrix.columns(), (_, _) -> 0));
  }

  /** Returns the same values in binary64. */
  public Parameters widened() {
    return map(Matrix::widened);
  }

  /**
   * Checks that the entries are exactly those of the given parameters, in their order.
   *
   * @throws IllegalArgumentException if they are not
   */
  public void requireOf(List<Layer.Parameter> parameters) {
    List<Layer.Parameter> found = entries.stream().map(Entry::parameter).toList();
    if (!found.equals(parameters)) {
      throw new IllegalArgumentException(found + " in place of " + parameters);
    }
  }
}
