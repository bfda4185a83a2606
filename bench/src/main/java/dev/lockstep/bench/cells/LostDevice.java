package dev.lockstep.bench.cells;

import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backend.Placement;
import dev.lockstep.backend.BackendFault;
import dev.lockstep.backend.UnavailableException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Whether the device of a run of this program was lost. After some faults a driver is in an unknown
 * state until the process ends, so nothing that backends on the device compute later may agree.
 */
public final class LostDevice {

  private @Nullable String why;

  /**
   * Refuses a backend on the device if the device was lost.
   *
   * @throws UnavailableException naming the backend that lost it
   */
  void requirePresent(Backend backend) {
    if (!isPresent(backend)) {
      throw new UnavailableException(
          Cause.NO_DEVICE, "the device was lost by " + why, "start lockstep anew");
    }
  }

  /** Returns whether a backend is not on a device that was lost. */
  boolean isPresent(Backend backend) {
    return why == null || backend.placement() != Placement.DEVICE;
  }

  /**
   * Takes notice of a fault.
   *
   * @param when when it happened, such as {@code in step 3}
   */
  void note(Backend backend, String when, RuntimeException fault) {
    if (why == null && backend.placement() == Placement.DEVICE && loses(fault)) {
      why = backend.name() + " " + when;
    }
  }

  /** Returns whether a fault, or one of closing what it left, loses the device. */
  private static boolean loses(Throwable fault) {
    return (fault instanceof BackendFault known && known.losesDevice())
        || Arrays.stream(fault.getSuppressed()).anyMatch(LostDevice::loses);
  }
}
