package dev.lockstep.gpu.discovery;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.Availability.Unavailable;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A device as the driver describes it.
 *
 * @param ordinal the device's number, from 0, in the driver's order
 * @param name such as {@code NVIDIA H100 80GB HBM3}
 * @param capability the generation
 * @param memory total bytes, including those in use
 * @param pciBus the device's place on the PCI bus, such as {@code 0000:01:00.0}, by which NVIDIA's
 *     management library knows it too; empty if the driver does not tell
 */
public record CudaDevice(
    int ordinal, String name, ComputeCapability capability, long memory, Optional<String> pciBus) {

  private static final Pattern PART = Pattern.compile("\\bMIG\\b");

  /** Whether it is a part of a divided device (MIG), which the driver tells only by the name. */
  public boolean isPart() {
    return PART.matcher(name).find();
  }

  /**
   * Explains that something does not fit into the device's memory.
   *
   * @param needed bytes
   * @param free bytes, at most {@link #memory}
   */
  public Availability outOfMemory(long needed, long free) {
    return new Unavailable(
        Cause.OUT_OF_MEMORY,
        String.format(
            Locale.ROOT,
            "%s needed on device %d (%s), which has %s free of %s",
            bytes(needed),
            ordinal,
            name,
            bytes(free),
            bytes(memory)),
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

  /** Bytes in MiB below 10 GiB, so that two different figures look different, else in GiB. */
  private static String bytes(long count) {
    double mebibytes = count / 0x1p20;
    return mebibytes < 10 * 1024
        ? String.format(Locale.ROOT, "%.1f MiB", mebibytes)
        : String.format(Locale.ROOT, "%.2f GiB", mebibytes / 1024);
  }
}
