package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.gpu.kernel.Kernels.StepFactors;
import dev.lockstep.program.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a list is given besides its tensors. Of an evaluation that is nothing, and its rows are put
 * into place by the host.
 */
interface StepInputs {

  /** Makes x and labels those of the step. */
  default List<Work> gather(DeviceMemory x, DeviceMemory labels) {
    return List.of();
  }

  /** shifted = bias + what noise is in the step. */
  default Work shift(DeviceMemory bias, Tensor noise, DeviceMemory shifted) {
    throw new IllegalStateException("there is no " + noise);
  }

  /** Steps whose row losses are kept, one after the other. */
  default int lossSlots() {
    return 1;
  }

  /** What updates are computed with; null if it is the same in all steps. */
  default @Nullable StepFactors factors() {
    return null;
  }

  /** Which step it is, and whether training has stopped; null if it is no training. */
  default @Nullable DeviceMemory state() {
    return null;
  }
}
