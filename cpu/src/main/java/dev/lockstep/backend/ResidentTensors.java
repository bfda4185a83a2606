package dev.lockstep.backend;

import dev.lockstep.model.FloatMatrix;

/**
 * A trainer whose tensors lie outside the heap, and that copies pieces of them: for networks of
 * which nobody wants, or could hold, a copy.
 *
 * <p>Like every method of a {@link Trainer}, these are for its thread and may throw a {@link
 * BackendFault}.
 */
public interface ResidentTensors {

  /** A tensor of a layer; B rows are a batch. */
  enum Tensor {
    /** What comes out of the layer's activation, B x out; of the last layer, logits. */
    ACTIVATIONS,
    /** Gradient of the loss by the layer's weighted input, B x out. */
    DELTAS,
    /** in x out. */
    WEIGHTS,
    /** 1 x out. */
    BIASES,
    /** in x out; of the last kept step. */
    WEIGHT_GRADIENTS,
    /** 1 x out; of the last kept step. */
    BIAS_GRADIENTS
  }

  /**
   * A rectangle of a matrix.
   *
   * @param row the first row
   * @param rows how many
   * @param column the first column
   * @param columns how many
   */
  record Region(int row, int rows, int column, int columns) {
    /** So many columns of one row, from the first. */
    public static Region ofRow(int row, int columns) {
      return new Region(row, 1, 0, columns);
    }

    /** So many rows of one column, from the first. */
    public static Region ofColumn(int column, int rows) {
      return new Region(0, rows, column, 1);
    }
  }

  /**
   * Runs one step with the same bits as {@code run(1)} and keeps what it computed where it lies,
   * until the next step.
   *
   * @return the mean loss of the step's batch before its update
   * @throws UnavailableException if there is no room for the gradients; the step was not run
   */
  double keep();

  /**
   * A copy of a piece.
   *
   * @param layer from 0
   * @throws IllegalStateException if gradients are asked for and the last step was not kept
   * @throws IndexOutOfBoundsException if the region does not lie in the tensor
   */
  FloatMatrix part(Tensor tensor, int layer, Region region);

  /** Back to step 0 with the workload's initial parameters. */
  void restart();
}
