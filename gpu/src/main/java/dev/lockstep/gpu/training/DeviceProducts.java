package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.Stream;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.gpu.kernel.Epilogue;
import dev.lockstep.gpu.kernel.Kernels.Operand;
import dev.lockstep.program.ProductShape;
import java.util.List;

/**
 * Matrix products on a device, in which the backends on CUDA differ. Matrices are row-major
 * binary32. The project's own kernels implement only {@link #product}; the other methods are for
 * libraries.
 *
 * <p>Works made here use the memory they were made with, which must exist as long as they run. A
 * work enqueues everything into the stream it is given; for a library that must be the stream the
 * library was opened on.
 */
@FunctionalInterface
interface DeviceProducts extends Closing.Resource {

  /**
   * Returns the works that compute op(A) op(B) and pass it through the epilogue.
   *
   * @param a the stored A: m x k, or k x m for ATB
   * @param b the stored B: k x n, or n x k for ABT
   * @param c m x n, the target, which some epilogues also read
   * @param epilogue one that {@link LaunchRules} allow this backend to fuse
   * @param operand further operand of the epilogue
   */
  List<Work> product(
      ProductShape shape,
      DeviceMemory a,
      DeviceMemory b,
      DeviceMemory c,
      Epilogue epilogue,
      Operand operand);

  /** Returns the works that compute C = op(A) op(B). */
  default List<Work> product(ProductShape shape, DeviceMemory a, DeviceMemory b, DeviceMemory c) {
    return product(shape, a, b, c, Epilogue.STORE, Operand.NONE);
  }

  /**
   * Begins a new list of works. Works of a list are made in the order in which they will run;
   * nothing is assumed about results of earlier lists.
   */
  default void startPlan() {}

  /** Notes that the works made so far have changed a tensor. */
  default void changed(DeviceMemory tensor) {}

  /**
   * Runs calls that must have run once before the works made so far can be recorded into a graph.
   * They write only activations, deltas and gradients, which the next step overwrites.
   */
  default void warmUp(Stream stream) {}

  @Override
  default void close() {}
}
