package dev.lockstep.fuzz;

import dev.lockstep.file.NpyFile;
import dev.lockstep.input.InputException;
import java.nio.file.Path;

/**
 * Single arrays, as programs write them, for a coverage-guided fuzzer: {@code mvn -Pfuzz verify}.
 */
public final class NpyFuzz {

  private static final long LONGEST = 1 << 20;

  private NpyFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] content) {
    Fuzzed.read(content, ".npy", NpyFuzz::read);
  }

  /** The message names the file without its folder, which is private. */
  private static void read(Path file) {
    try {
      NpyFile.read(file, LONGEST);
    } catch (InputException e) {
      String name = String.valueOf(file.getFileName());
      if (!String.valueOf(e.getMessage()).startsWith(name + ": ")) {
        throw new AssertionError("not a sentence that names the file: " + e.getMessage(), e);
      }
    }
  }
}
