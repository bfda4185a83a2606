package dev.lockstep.backend;

import dev.lockstep.backend.Trainer.Inspection;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.Region;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor;
import dev.lockstep.scenario.Workload;
import java.util.OptionalLong;

/**
 * Copies pieces of a trainer's tensors, for networks that are too large to be copied as a whole.
 *
 * <p>Parameters and moments can be read at any time, and the tensors of {@link #inspection} after a
 * kept step.
 *
 * <p>Like the methods of a {@link Trainer}, these must be called by its thread and may throw a
 * {@link BackendFault}.
 */
public interface TensorView {

  /** Returns the trainer itself if it is a view, otherwise a view that copies whole tensors. */
  static TensorView of(Trainer trainer, Workload workload) {
    return trainer instanceof TensorView view ? view : new ProbedView(trainer, workload);
  }

  /** Returns the program of the trainer's step, whose tensors can be read. */
  StepProgram program();

  /** Returns which results of a kept step can be read. */
  Inspection inspection();

  /**
   * Runs one step with the same bits as {@code run(1)} and keeps its tensors in place until the
   * next step.
   *
   * @return the mean loss of the batch before the update
   * @throws UnavailableException if there is no memory for the gradients; the step is not run
   */
  double keep();

  /**
   * Copies a region of a tensor, in binary32.
   *
   * @throws IllegalStateException if the tensor is available only after a kept step and the last
   *     step was not kept
   * @throws IllegalArgumentException if the tensor cannot be read
   * @throws IndexOutOfBoundsException if the region does not lie in the tensor
   */
  FloatMatrix part(Tensor tensor, Region region);

  /**
   * Copies a whole tensor, in the backend's precision.
   *
   * @throws IllegalStateException if the tensor is available only after a kept step and the last
   *     step was not kept
   * @throws IllegalArgumentException if the tensor cannot be read
   */
  Matrix whole(Tensor tensor);

  /** Returns the first step, from 0, whose loss was not finite. */
  OptionalLong stoppedAt();

  /** Restores step 0 with the workload's initial parameters. */
  void restart();
}
