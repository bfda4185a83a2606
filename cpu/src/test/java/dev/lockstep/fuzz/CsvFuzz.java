package dev.lockstep.fuzz;

import dev.lockstep.data.CsvFile;
import dev.lockstep.data.Scaling;

/** Tables of comma-separated text, for a coverage-guided fuzzer: {@code mvn -Pfuzz verify}. */
public final class CsvFuzz {

  private CsvFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] content) {
    Fuzzed.read(content, ".csv", file -> CsvFile.dataset(file, "", 0.2, Scaling.STANDARD, 1));
  }
}
