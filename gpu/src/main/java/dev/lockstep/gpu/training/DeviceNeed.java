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
 * What is needed of the device's memory, known before any of it is allocated.
 *
 * @param bytes of tensors, and of the workspace of cuBLAS
 */
record DeviceNeed(long bytes) {

  /** What a session takes by itself. */
  static DeviceNeed ofSession(Products products) {
    return new DeviceNeed(products.mode().isPresent() ? Cublas.WORKSPACE_BYTES : 0);
  }

  /**
   * A session with a trainer and its evaluations; what a probe keeps besides is looked up when it
   * is asked for.
   *
   * @param step of the program, as it runs
   */
  static DeviceNeed ofTrainer(
      Products products, Workload workload, StepProgram program, Lowered step) {
    Lowered piece = Evaluator.piece(products, workload, workload.data().test().rows());
    return ofSession(products)
        .plus(
            step.storage().bytes(Lifetime.STATE, Float.BYTES)
                + step.storage().bytes(Lifetime.STEP, Float.BYTES))
        .plus(TrainingInputs.bytes(program, workload))
        // The row losses of a step are a slot of the ring.
        .plus(-Float.BYTES * program.rowLoss().count())
        .plus(products.bytes(step.products(), step.largestUsedUp()))
        .plus(piece.storage().bytes(Lifetime.STEP, Float.BYTES))
        .plus(products.bytes(piece.products(), 0));
  }

  /** This and more. */
  DeviceNeed plus(long more) {
    return new DeviceNeed(bytes + more);
  }

  /**
   * Compares it with what is free.
   *
   * @throws UnavailableException saying how much is needed and how much is free
   */
  void require(Context context, int device) {
    long free = context.memory().free();
    if (bytes > free) {
      throw new UnavailableException(CudaMachine.look().device(device).outOfMemory(bytes, free));
    }
  }
}
