package dev.lockstep.bench.files;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The project's folder {@code results/}, reserved for measurements on real hardware. */
public final class ResultsFolder {

  private ResultsFolder() {}

  /**
   * Refuses to write results of an emulated device below {@code results/}.
   *
   * @param flag the flag that names the file
   * @param file the file about to be written; null if none is
   * @throws InputException if the hardware is emulated and the file lies below {@code results/}
   */
  public static void guard(Hardware hardware, String flag, @Nullable Path file) {
    if (hardware == Hardware.EMULATED && file != null && holds(file)) {
      throw new InputException(
          flag,
          "file",
          file,
          "below results/, which is for what was measured on hardware, and CUDA is EMULATED here;"
              + " choose another folder");
    }
  }

  /**
   * Whether a file, existing or not, lies below the folder {@code results} of a Lockstep project.
   */
  private static boolean holds(Path file) {
    for (Path folder = real(file).getParent(); folder != null; folder = folder.getParent()) {
      if (folder.endsWith("results")
          && Files.exists(folder.resolveSibling("bench").resolve("lockstep"))) {
        return true;
      }
    }
    return false;
  }

  /** Resolves links in the existing part of a path, so that no link bypasses the guard. */
  private static Path real(Path file) {
    Path path = file.toAbsolutePath().normalize();
    for (Path there = path; there != null; there = there.getParent()) {
      try {
        return there.toRealPath().resolve(there.relativize(path));
      } catch (IOException notThere) {
        // Resolve the parent instead.
      }
    }
    return path;
  }
}
