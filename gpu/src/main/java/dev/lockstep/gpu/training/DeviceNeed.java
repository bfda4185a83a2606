package dev.lockstep.gpu.training;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.gpu.driver.Context;
import dev.lockstep.model.Network;
import dev.lockstep.scenario.Workload;
import java.util.Locale;

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
        Float.BYTES * elements + session.productBytes(new LayerShapes(network, batch).ofStep()));
  }

  /**
   * Compares it with what is free.
   *
   * @throws UnavailableException saying how much is needed and how much is free
   */
  void require(Context context) {
    Context.Memory memory = context.memory();
    if (bytes > memory.free()) {
      throw new UnavailableException(
          Availability.Cause.OUT_OF_MEMORY,
          "the device's memory is short: %s needed, %s of %s free"
              .formatted(mib(bytes), mib(memory.free()), mib(memory.total())),
          "use a smaller network or batch, or end what else uses the device");
    }
  }

  private static String mib(long bytes) {
    return String.format(Locale.ROOT, "%,d MiB", Math.ceilDiv(bytes, 1L << 20));
  }
}
