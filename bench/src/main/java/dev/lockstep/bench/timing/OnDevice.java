package dev.lockstep.bench.timing;

import dev.lockstep.backend.Backend;
import dev.lockstep.gpu.training.DeviceTimers;
import dev.lockstep.input.InputException;

/** What only a backend on a device can do. */
final class OnDevice {

  private OnDevice() {}

  /**
   * The backend, to be timed on its device.
   *
   * @throws InputException if it has none
   */
  static DeviceTimers required(Backend backend) {
    if (backend instanceof DeviceTimers timers) {
      return timers;
    }
    throw new InputException(
        "timing", "backend", backend.name(), "which runs on the host; expected one on a device");
  }
}
