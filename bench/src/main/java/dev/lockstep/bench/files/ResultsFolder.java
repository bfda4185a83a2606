package dev.lockstep.bench.files;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The project's folder {@code results/}, which holds what was measured on hardware and no more. */
public final class ResultsFolder {

  private ResultsFolder() {}

  /**
   * Keeps what comes from an emulated device out of it.
   *
   * @param flag that names the file
   * @param file about to be written; null if none is
   * @throws InputException if it comes from an emulated device and lies below {@code results/}
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
   * Makes a folder for results, or takes one that is empty.
   *
   * @param flag that names the folder
   * @param expected what to say if something is in it
   * @throws InputException if it cannot be made, or is not empty
   */
  public static void makeEmpty(String flag, Path folder, String expected) {
    try {
      Files.createDirectories(folder);
      try (Stream<Path> there = Files.list(folder)) {
        if (there.findAny().isPresent()) {
          throw new InputException(flag, "folder", folder, expected);
        }
      }
    } catch (IOException e) {
      throw InputException.unwritable(folder, e);
    }
  }

  /** Whether a file, there or not, lies below a folder {@code results} of a Lockstep project. */
  private static boolean holds(Path file) {
    for (Path folder = real(file).getParent(); folder != null; folder = folder.getParent()) {
      if (folder.endsWith("results")
          && Files.exists(folder.resolveSibling("bench").resolve("lockstep"))) {
        return true;
      }
    }
    return false;
  }

  /** Without links, as far as it exists: a link must not lead past the guard. */
  private static Path real(Path file) {
    Path path = file.toAbsolutePath().normalize();
    for (Path there = path; there != null; there = there.getParent()) {
      try {
        return there.toRealPath().resolve(there.relativize(path));
      } catch (IOException notThere) {
        // Then its parent decides.
      }
    }
    return path;
  }
}
