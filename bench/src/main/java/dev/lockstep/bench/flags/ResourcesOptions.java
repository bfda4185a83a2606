package dev.lockstep.bench.flags;

import dev.lockstep.backend.Resources;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags {@code --threads} and {@code --device} of all commands that train. */
public final class ResourcesOptions {

  @Option(
      names = "--threads",
      converter = FlagValues.Threads.class,
      paramLabel = "N",
      description = "Threads of a CPU backend (default: all processors).")
  @Nullable Integer threads;

  @Option(
      names = "--device",
      converter = FlagValues.Devices.class,
      paramLabel = "N",
      description = "Number of the CUDA device, from 0 (default: ${DEFAULT-VALUE}).")
  int device;

  /**
   * The requested resources; by default all processors and the first device.
   *
   * @throws dev.lockstep.input.InputException if a number is out of range
   */
  public Resources resources() {
    int used = threads == null ? Resources.ofThisMachine().threads() : threads;
    return new Resources(used, device);
  }

  /** The given flags as text, each after a space; empty if none was given. */
  public String repeated() {
    return (threads == null ? "" : " --threads " + threads)
        + (device == 0 ? "" : " --device " + device);
  }
}
