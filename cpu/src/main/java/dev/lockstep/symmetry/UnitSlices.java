package dev.lockstep.symmetry;

import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Layer;
import dev.lockstep.model.Parameters;
import dev.lockstep.program.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The numbers that belong to each unit of a hidden layer: columns of some matrices, rows of others.
 *
 * @param units number of units
 * @param parts the matrices that hold the units' numbers
 */
public record UnitSlices(int units, List<Part> parts) {

  /**
   * A matrix that holds some numbers of every unit.
   *
   * @param matrix the matrix
   * @param axis whether unit j owns row j or column j
   */
  public record Part(Matrix matrix, Axis axis) {

    /** The number of units. */
    int units() {
      return axis == Axis.COLUMN ? matrix.columns() : matrix.rows();
    }

    /** The count of numbers per unit in this part. */
    int length() {
      return axis == Axis.COLUMN ? matrix.rows() : matrix.columns();
    }

    /** Returns the row-major index of number i of a unit. */
    int index(int unit, int i) {
      return axis == Axis.COLUMN ? i * matrix.columns() + unit : unit * matrix.columns() + i;
    }
  }

  /** Whether a unit owns a row or a column of a matrix. */
  public enum Axis {
    ROW,
    COLUMN
  }

  public UnitSlices {
    parts = List.copyOf(parts);
    for (Part part : parts) {
      if (part.units() != units) {
        throw new IllegalArgumentException(
            "a matrix of " + part.matrix().shape() + " does not have " + units + " units");
      }
    }
  }

  /**
   * Returns the parameters (or gradients) of the units of hidden layer h, from 0: incoming weights,
   * bias and outgoing weights.
   */
  public static UnitSlices of(Parameters parameters, int h) {
    List<Part> parts = new ArrayList<>();
    for (Parameters.Entry entry : parameters.entries()) {
      Layer.Parameter parameter = entry.parameter();
      if (parameter.columns().isOfUnits(h)) {
        parts.add(new Part(entry.matrix(), Axis.COLUMN));
      } else if (parameter.rows().isOfUnits(h)) {
        parts.add(new Part(entry.matrix(), Axis.ROW));
      }
    }
    return new UnitSlices(parts.getFirst().units(), parts);
  }

  /**
   * Returns the columns or rows of a step's tensor that belong to the units of hidden layer h, from
   * 0.
   *
   * @param matrix values of the tensor
   * @throws IllegalArgumentException if neither axis counts these units
   */
  public static UnitSlices of(Tensor tensor, Matrix matrix, int h) {
    if (tensor.columns().isOfUnits(h)) {
      return ofColumns(matrix);
    }
    if (tensor.rows().isOfUnits(h)) {
      return ofRows(matrix);
    }
    throw new IllegalArgumentException(tensor + " has nothing of the units of layer " + (h + 1));
  }

  /** Returns one column per unit, such as activations or deltas of a batch, B x units. */
  public static UnitSlices ofColumns(Matrix matrix) {
    return new UnitSlices(matrix.columns(), List.of(new Part(matrix, Axis.COLUMN)));
  }

  /** Returns one row per unit. */
  public static UnitSlices ofRows(Matrix matrix) {
    return new UnitSlices(matrix.rows(), List.of(new Part(matrix, Axis.ROW)));
  }

  /** The count of numbers per unit. */
  public int length() {
    return parts.stream().mapToInt(Part::length).sum();
  }
}
