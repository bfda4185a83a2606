package dev.lockstep.model;

import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.DrawnMatrix;
import dev.lockstep.matrix.Matrix;
import java.util.List;
import java.util.Locale;

/**
 * Weights and biases of every layer, or their gradients, which have the same shapes.
 *
 * @param weights layer l: in(l) x out(l)
 * @param biases layer l: 1 x out(l)
 */
public record Parameters(List<Matrix> weights, List<Matrix> biases) {

  public Parameters {
    weights = List.copyOf(weights);
    biases = List.copyOf(biases);
    if (weights.size() != biases.size()) {
      throw new IllegalArgumentException(
          weights.size() + " weight matrices and " + biases.size() + " biases");
    }
  }

  /** Number of layers. */
  public int layers() {
    return weights.size();
  }

  /** Bytes of a number: 8 if they are binary64, otherwise 4. */
  public int elementBytes() {
    return weights.getFirst() instanceof DoubleMatrix ? Double.BYTES : Float.BYTES;
  }

  /** A copy that shares nothing with this one. */
  public Parameters copy() {
    return new Parameters(
        weights.stream().map(Matrix::copy).toList(), biases.stream().map(Matrix::copy).toList());
  }

  /** +0 in all these shapes. */
  public Parameters zeros() {
    return new Parameters(
        weights.stream().map(Parameters::zeros).toList(),
        biases.stream().map(Parameters::zeros).toList());
  }

  private static Matrix zeros(Matrix matrix) {
    return new DrawnMatrix(matrix.rows(), matrix.columns(), (_, _) -> 0);
  }

  /** The same values in binary64. */
  public Parameters widened() {
    return new Parameters(
        weights.stream().<Matrix>map(Matrix::widened).toList(),
        biases.stream().<Matrix>map(Matrix::widened).toList());
  }

  /**
   * Checks the shapes against a network.
   *
   * @throws IllegalArgumentException naming the first layer that does not fit
   */
  public void requireShapeOf(Network network) {
    if (layers() != network.layers()) {
      throw new IllegalArgumentException(
          layers() + " layers of parameters for a network of " + network.layers());
    }
    for (int l = 0; l < layers(); l++) {
      Matrix w = weights.get(l);
      Matrix b = biases.get(l);
      if (w.rows() != network.in(l)
          || w.columns() != network.out(l)
          || b.rows() != 1
          || b.columns() != network.out(l)) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "layer %d has weights %s and bias %s, the network wants %d x %d",
                l + 1,
                w.shape(),
                b.shape(),
                network.in(l),
                network.out(l)));
      }
    }
  }
}
