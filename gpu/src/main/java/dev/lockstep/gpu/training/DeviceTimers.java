package dev.lockstep.gpu.training;

import dev.lockstep.backend.CacheState;
import dev.lockstep.backend.ElementwiseOperation;
import dev.lockstep.backend.Resources;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.ProductForm;
import dev.lockstep.scenario.Workload;

/**
 * A backend whose work can be timed on its device. What is timed is what it trains with, and is
 * open to be verified before and after.
 */
public interface DeviceTimers {

  /**
   * Opens a trainer.
   *
   * @throws dev.lockstep.backend.UnavailableException if the backend cannot run this here
   */
  StepTimer stepTimer(Workload workload, Resources resources, Submission submission);

  /**
   * Uploads the operands of a product, stored as its form says.
   *
   * @throws dev.lockstep.backend.UnavailableException if the backend cannot run here
   */
  ProductTimer productTimer(ProductForm form, Matrix a, Matrix b, Resources resources);

  /**
   * Uploads the operands of an elementwise operation.
   *
   * @param cache whether each call works on the same tensors
   * @throws dev.lockstep.backend.UnavailableException if the backend cannot run here
   */
  ElementwiseTimer elementwiseTimer(
      ElementwiseOperation operation, CacheState cache, Resources resources);

  /**
   * Allocates so many bytes on the device and twice on the host.
   *
   * @throws dev.lockstep.backend.UnavailableException if the backend cannot run here
   */
  TransferTimer transferTimer(int bytes, HostMemory memory, Resources resources);

  /**
   * Allocates so much twice on the device.
   *
   * @param kibibytes rounded down to a multiple of 4, at least 4
   * @throws dev.lockstep.backend.UnavailableException if the backend cannot run here
   */
  DeviceCopyTimer deviceCopyTimer(int kibibytes, Resources resources);
}
