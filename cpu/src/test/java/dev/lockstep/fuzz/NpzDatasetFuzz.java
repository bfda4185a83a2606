package dev.lockstep.fuzz;

import dev.lockstep.data.NpzDataset;
import dev.lockstep.data.Scaling;

/** Data sets in NumPy archives, for a coverage-guided fuzzer: {@code mvn -Pfuzz verify}. */
public final class NpzDatasetFuzz {

  private NpzDatasetFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] content) {
    Fuzzed.read(content, ".npz", file -> NpzDataset.dataset(file, 0.2, Scaling.STANDARD, 1));
  }
}
