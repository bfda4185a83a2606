package dev.lockstep.symmetry;

import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Layer;
import dev.lockstep.model.Parameters;
import dev.lockstep.program.Tensor;
import java.util.ArrayList;
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

    /** How many units there are. */
    int units() {
      return axis == Axis.COLUMN ? matrix.columns() : matrix.rows();
    }

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
      if (part.units() != units) {
        throw new IllegalArgumentException(
            "a matrix of " + part.matrix().shape() + " does not have " + units + " units");
      }
    }
  }

  /** Incoming weights, bias and outgoing weights of hidden layer h (from 0), or their gradients. */
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
   * What a tensor of a step has of the units of a hidden layer: its rows, or its columns.
   *
   * @param matrix its values
   * @throws IllegalArgumentException if neither counts these units
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
