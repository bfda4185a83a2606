package dev.lockstep.gpu.training;

import dev.lockstep.backend.UnavailableException;
import dev.lockstep.gpu.discovery.CudaMachine;
import dev.lockstep.model.Network;
import dev.lockstep.scenario.Workload;

/**
 * What a trainer and its evaluations need of the device's memory, known before any of it is
 * allocated; a probe needs the parameters' size once more.
 *
 * @param bytes of its tensors
 */
record DeviceNeed(long bytes) {

  static DeviceNeed of(DeviceSession session, Workload workload) {
    Network network = workload.network();
    int batch = workload.batch();
    long train = workload.data().train().rows();
    int evaluated = Evaluator.pieceOf(network, workload.data().test().rows());
    long elements =
        network.parameterCount()
            + 2L * batch * network.activationCount()
            + (train + batch) * (network.inputs() + 1L)
            + evaluated * (network.inputs() + network.activationCount());
    return new DeviceNeed(
        Float.BYTES * elements
            + session.productBytes(new LayerShapes(network, batch).ofStep())
            + session.productBytes(new LayerShapes(network, evaluated).ofForward()));
  }

  /** What keeping the gradients of a step needs besides. */
  static DeviceNeed ofGradients(Network network) {
    return new DeviceNeed(Float.BYTES * network.parameterCount());
  }

  /**
   * Compares it with what is free.
   *
   * @throws UnavailableException saying how much is needed and how much is free
   */
  void require(DeviceSession session) {
    long free = session.context.memory().free();
    if (bytes > free) {
      throw new UnavailableException(
          CudaMachine.look().device(session.device).outOfMemory(bytes, free));
    }
  }
}
