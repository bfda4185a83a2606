package dev.lockstep.bench;

import dev.lockstep.backend.Resources;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flag of all commands that train: what a trainer may use. */
public final class ThreadsOption {

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of a CPU backend (default: all processors).")
  @Nullable Integer threads;

  /**
   * What was asked for, or else all processors.
   *
   * @throws dev.lockstep.model.InputException if there cannot be so many threads
   */
  public Resources resources() {
    return threads == null ? Resources.ofThisMachine() : new Resources(threads);
  }

  /** The flag as it was given, after a space; empty if it was not. */
  public String repeated() {
    return threads == null ? "" : " --threads " + threads;
  }
}
