package dev.lockstep.bench.flags;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backend.Placement;
import dev.lockstep.backend.Resources;
import java.util.List;
import picocli.CommandLine.Option;

/** The flags {@code --threads} and {@code --device} of commands that use several thread counts. */
public final class ThreadCounts {

  @Option(
      names = "--threads",
      converter = FlagValues.ThreadRanges.class,
      defaultValue = "1,2",
      paramLabel = "N",
      description = "Threads of a backend on the CPU (default: ${DEFAULT-VALUE}).")
  Range threads = new Range(List.of());

  @Option(
      names = "--device",
      converter = FlagValues.Devices.class,
      paramLabel = "N",
      description = "Number of the CUDA device, from 0 (default: ${DEFAULT-VALUE}).")
  int device;

  /** Returns the thread counts of a backend; 1 on a device. */
  public List<Integer> of(Backend backend) {
    return backend.placement() == Placement.DEVICE ? List.of(1) : threads.values();
  }

  /** Returns the thread counts that were asked for. */
  public List<Integer> all() {
    return threads.values();
  }

  /** The CUDA device, by ordinal. */
  public int device() {
    return device;
  }

  /** Returns resources with so many threads. */
  public Resources resources(int count) {
    return new Resources(count, device);
  }
}
