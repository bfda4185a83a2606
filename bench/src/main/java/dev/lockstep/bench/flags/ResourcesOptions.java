package dev.lockstep.bench.flags;

import dev.lockstep.backend.Resources;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of all commands that train: what a trainer may use. */
public final class ResourcesOptions {

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of a CPU backend (default: all processors).")
  @Nullable Integer threads;

  @Option(
      names = "--device",
      paramLabel = "N",
      description = "Number of the CUDA device, from 0 (default: ${DEFAULT-VALUE}).")
  int device;

  /**
   * What was asked for, or else all processors and the first device.
   *
   * @throws dev.lockstep.input.InputException if there cannot be so many threads or such a device
   */
  public Resources resources() {
    int used = threads == null ? Resources.ofThisMachine().threads() : threads;
    return new Resources(used, device);
  }

  /** The flags as they were given, each after a space; empty if none was. */
  public String repeated() {
    return (threads == null ? "" : " --threads " + threads)
        + (device == 0 ? "" : " --device " + device);
  }
}
