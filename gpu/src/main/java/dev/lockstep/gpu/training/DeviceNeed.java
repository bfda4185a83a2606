package dev.lockstep.gpu.training;

import dev.lockstep.backend.UnavailableException;
import dev.lockstep.gpu.discovery.CudaMachine;
import dev.lockstep.gpu.driver.Context;
import dev.lockstep.gpu.driver.Cublas;
import dev.lockstep.model.Network;
import dev.lockstep.model.Optimizer;
import dev.lockstep.program.ProductShape;
import dev.lockstep.scenario.Workload;
import java.util.List;

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
   * A session with a trainer and its evaluations; a probe of plain descent needs the parameters'
   * size once more, other optimisers keep their gradients anyway.
   */
  static DeviceNeed ofTrainer(Products products, Workload workload) {
    Network network = workload.network();
    int batch = workload.batch();
    long train = workload.data().train().rows();
    int evaluated = Evaluator.pieceOf(network, workload.data().test().rows());
    long elements =
        network.parameterCount()
            + batch * (2 * network.activationCount() + network.keptInputCount())
            + (train + batch) * (network.inputs() + 1L)
            + evaluated * (network.inputs() + network.activationCount() + network.keptInputCount());
    Optimizer optimizer = workload.optimizer();
    long gradients = optimizer.isPlain() ? 0 : 1;
    elements += (optimizer.rule().moments() + gradients) * network.parameterCount();
    return ofSession(products)
        .plus(workload.noise().isNone() ? 0 : NoiseFeed.bytes(network))
        .plus(Float.BYTES * elements)
        .plus(products.bytes(new LayerShapes(network, batch).ofStep()))
        .plus(products.bytes(new LayerShapes(network, evaluated).ofForward()));
  }

  /** A session with one product and its operands. */
  static DeviceNeed ofProduct(Products products, ProductShape shape) {
    return ofSession(products)
        .plus(Float.BYTES * (shape.sizeOfA() + shape.sizeOfB() + shape.sizeOfC()))
        .plus(products.bytes(List.of(shape)));
  }

  /** What keeping the gradients of a step needs besides. */
  static DeviceNeed ofGradients(Network network) {
    return new DeviceNeed(Float.BYTES * network.parameterCount());
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
