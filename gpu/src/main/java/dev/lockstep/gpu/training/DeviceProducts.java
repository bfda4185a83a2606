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
 * Matrix products: what tells the backends on CUDA apart. Matrices are row-major binary32. The
 * project's own kernels need nothing but {@link #product}; the rest is for libraries.
 *
 * <p>Memory must exist while the works made here are used; they put everything into the stream they
 * are given, which for a library must be the one it was opened on.
 */
@FunctionalInterface
interface DeviceProducts extends Closing.Resource {

  /**
   * C = op(A) op(B), and what the epilogue makes of it: one that {@link LaunchRules} let join.
   *
   * @param operand what the epilogue works with
   */
  List<Work> product(
      ProductShape shape,
      DeviceMemory a,
      DeviceMemory b,
      DeviceMemory c,
      Epilogue epilogue,
      Operand operand);

  /** C = op(A) op(B) and nothing else. */
  default List<Work> product(ProductShape shape, DeviceMemory a, DeviceMemory b, DeviceMemory c) {
    return product(shape, a, b, c, Epilogue.STORE, Operand.NONE);
  }

  /**
   * A new list of works begins, at whose start nothing is known of what earlier ones left behind.
   * Within a list works are made in the order in which they will run.
   */
  default void startPlan() {}

  /** The works made so far end with a change of this tensor. */
  default void changed(DeviceMemory tensor) {}

  /**
   * Runs what must have run before the works made so far can be recorded into a graph. It writes
   * only what the next step overwrites: activations, deltas and gradients.
   */
  default void warmUp(Stream stream) {}

  @Override
  default void close() {}
}
