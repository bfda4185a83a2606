package dev.lockstep.gpu.discovery;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.Availability.Reason;
import dev.lockstep.backend.Availability.Unavailable;
import java.util.Locale;

/**
 * A device as the driver describes it.
 *
 * @param ordinal its number, from 0, in the driver's order
 * @param name such as {@code NVIDIA H100 80GB HBM3}
 * @param capability the generation
 * @param memory bytes in all, those in use included
 */
public record CudaDevice(int ordinal, String name, ComputeCapability capability, long memory) {

  /**
   * Why something does not fit.
   *
   * @param needed bytes
   * @param free bytes, at most {@link #memory}
   */
  public Availability outOfMemory(long needed, long free) {
    return new Unavailable(
        new Reason(
            Cause.OUT_OF_MEMORY,
            String.format(
                Locale.ROOT,
                "%s needed on device %d (%s), which has %s free of %s",
                bytes(needed),
                ordinal,
                name,
                bytes(free),
                bytes(memory))),
        needed > memory
            ? "choose a smaller network or batch, or another device"
            : "end other users of the device (nvidia-smi lists them), or choose a smaller network");
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "device %d, %s, compute capability %s, %s",
        ordinal,
        name,
        capability,
        bytes(memory));
  }

  /** In MiB up to 10 GiB, so that two figures that differ look different; then in GiB. */
  private static String bytes(long count) {
    double mebibytes = count / 0x1p20;
    return mebibytes < 10 * 1024
        ? String.format(Locale.ROOT, "%.1f MiB", mebibytes)
        : String.format(Locale.ROOT, "%.2f GiB", mebibytes / 1024);
  }
}
