package dev.lockstep.backend;

import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.program.Region;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor;
import dev.lockstep.scenario.Workload;
import java.util.OptionalLong;

/**
 * The tensors of a trainer, of which pieces can be copied: for networks of which nobody wants, or
 * could hold, a copy.
 *
 * <p>To be read at any time are the parameters and what the optimiser's rule keeps of them; after a
 * step that was kept, also what {@link StepProgram#probed} lists.
 *
 * <p>Like every method of a {@link Trainer}, these are for its thread and may throw a {@link
 * BackendFault}.
 */
public interface TensorView {

  /** A trainer's own view of its tensors; of one that keeps them in the heap, by copies. */
  static TensorView of(Trainer trainer, Workload workload) {
    return trainer instanceof TensorView view ? view : new ProbedView(trainer, workload);
  }

  /** The step that the trainer runs; its tensors are those that can be asked for. */
  StepProgram program();

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
   * @throws IllegalStateException if the last step was not kept, and the tensor is a gradient
   * @throws IllegalArgumentException if the tensor cannot be read
   * @throws IndexOutOfBoundsException if the region does not lie in the tensor
   */
  FloatMatrix part(Tensor tensor, Region region);

  /** The first step, counted from 0, whose loss was not finite. */
  OptionalLong stoppedAt();

  /** Back to step 0 with the workload's initial parameters. */
  void restart();
}
