package dev.lockstep.data;

import dev.lockstep.fuzz.Fuzzed;

/** IDX files, plain and gzipped, for a coverage-guided fuzzer: {@code mvn -Pfuzz verify}. */
public final class IdxFuzz {

  private IdxFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] content) {
    Fuzzed.read(content, "-idx", IdxReader::images);
    Fuzzed.read(content, "-idx", IdxReader::labels);
  }
}
