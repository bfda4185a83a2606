package dev.lockstep.symmetry;

import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Parameters;
import dev.lockstep.program.Tensor;
import java.util.List;

/**
 * The numbers that belong to each unit of one hidden layer: columns of some matrices, rows of
 * others.
 *
 * @param units units of the layer
 * @param parts where their numbers lie
 */
public record UnitSlices(int units, List<Part> parts) {

  /**
   * Part of every unit's numbers.
   *
   * @param matrix where they lie
   * @param axis whether unit j owns row j or column j
   */
  public record Part(Matrix matrix, Axis axis) {

    /** Numbers a unit has in this part. */
    int length() {
      return axis == Axis.COLUMN ? matrix.rows() : matrix.columns();
    }

    /** Row-major index of number i of a unit. */
    int index(int unit, int i) {
      return axis == Axis.COLUMN ? i * matrix.columns() + unit : unit * matrix.columns() + i;
    }
  }

  /** What of a matrix one unit owns. */
  public enum Axis {
    ROW,
    COLUMN
  }

  public UnitSlices {
    parts = List.copyOf(parts);
    for (Part part : parts) {
      int owned = part.axis() == Axis.COLUMN ? part.matrix().columns() : part.matrix().rows();
      if (owned != units) {
        throw new IllegalArgumentException(
            "a matrix of " + part.matrix().shape() + " does not have " + units + " units");
      }
    }
  }

  /** Incoming weights, bias and outgoing weights of hidden layer h (from 0), or their gradients. */
  public static UnitSlices of(Parameters parameters, int h) {
    return new UnitSlices(
        parameters.biases().get(h).columns(),
        List.of(
            new Part(parameters.weights().get(h), Axis.COLUMN),
            new Part(parameters.biases().get(h), Axis.COLUMN),
            new Part(parameters.weights().get(h + 1), Axis.ROW)));
  }

  /**
   * What a tensor of a step has of the units of a hidden layer: its rows, or its columns.
   *
   * @param matrix its values
   * @throws IllegalArgumentException if neither counts these units
   */
  public static UnitSlices of(Tensor tensor, Matrix matrix, int h) {
    if (tensor.columns() instanceof dev.lockstep.program.Axis.Units(int layer, _) && layer == h) {
      return ofColumns(matrix);
    }
    if (tensor.rows() instanceof dev.lockstep.program.Axis.Units(int layer, _) && layer == h) {
      return ofRows(matrix);
    }
    throw new IllegalArgumentException(tensor + " has nothing of the units of layer " + (h + 1));
  }

  /** One column a unit: activations or deltas of a batch, B x units. */
  public static UnitSlices ofColumns(Matrix matrix) {
    return new UnitSlices(matrix.columns(), List.of(new Part(matrix, Axis.COLUMN)));
  }

  /** One row a unit. */
  public static UnitSlices ofRows(Matrix matrix) {
    return new UnitSlices(matrix.rows(), List.of(new Part(matrix, Axis.ROW)));
  }

  /** Numbers a unit has. */
  public int length() {
    return parts.stream().mapToInt(Part::length).sum();
  }
}
