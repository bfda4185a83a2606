package dev.lockstep.gpu.training;

import dev.lockstep.backend.UnavailableException;
import dev.lockstep.gpu.discovery.CudaMachine;
import dev.lockstep.gpu.driver.Context;
import dev.lockstep.gpu.driver.Cublas;
import dev.lockstep.program.Lowered;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor.Lifetime;
import dev.lockstep.scenario.Workload;

/**
 * An amount of device memory that is computed before any is allocated.
 *
 * @param bytes bytes for tensors and for the workspace of cuBLAS
 */
record DeviceNeed(long bytes) {

  /** Returns the need of a session without tensors. */
  static DeviceNeed ofSession(Products products) {
    return new DeviceNeed(products.mode().isPresent() ? Cublas.WORKSPACE_BYTES : 0);
  }

  /**
   * Returns the need of a session with a trainer and its evaluations. Memory for tensors that a
   * probe keeps is not included; {@link ResidentProgram#keeping} checks it.
   *
   * @param step the program's step as it runs on the device
   */
  static DeviceNeed ofTrainer(
      Products products, Workload workload, StepProgram program, Lowered step) {
    Lowered piece = Evaluator.piece(products, workload, workload.data().test().rows());
    return ofSession(products)
        .plus(
            step.storage().bytes(Lifetime.STATE, Float.BYTES)
                + step.storage().bytes(Lifetime.STEP, Float.BYTES))
        .plus(TrainingInputs.bytes(program, workload))
        // The ring, which TrainingInputs counts, holds the row losses of the step.
        .plus(-Float.BYTES * program.rowLoss().count())
        .plus(products.bytes(step.products(), step.largestUsedUp()))
        .plus(piece.storage().bytes(Lifetime.STEP, Float.BYTES))
        .plus(products.bytes(piece.products(), 0));
  }

  /** Returns this need plus more bytes. */
  DeviceNeed plus(long more) {
    return new DeviceNeed(bytes + more);
  }

  /**
   * Checks that the device has enough free memory.
   *
   * @throws UnavailableException if it has not, with the bytes needed and free
   */
  void require(Context context, int device) {
    long free = context.memory().free();
    if (bytes > free) {
      throw new UnavailableException(CudaMachine.look().device(device).outOfMemory(bytes, free));
    }
  }
}
