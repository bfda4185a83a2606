package dev.lockstep.fuzz;

import dev.lockstep.file.NpzFile;

/** NumPy archives, for a coverage-guided fuzzer: {@code mvn -Pfuzz verify}. */
public final class NpzFuzz {

  private NpzFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] content) {
    Fuzzed.read(content, ".npz", NpzFile::read);
  }
}
