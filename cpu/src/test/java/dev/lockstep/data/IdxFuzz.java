package dev.lockstep.data;

import dev.lockstep.fuzz.FuzzTarget;
import dev.lockstep.fuzz.Fuzzed;
import java.util.List;

/** IDX files, plain and gzipped, for a coverage-guided fuzzer. */
public enum IdxFuzz implements FuzzTarget {
  /** Images and labels: each input is read as both. */
  IDX;

  @Override
  public List<byte[]> seeds() {
    byte[] images = {
      0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
    };
    byte[] labels = {0, 0, 8, 1, 0, 0, 0, 3, 0, 1, 2};
    return List.of(images, Fuzzed.gzipped(images), labels);
  }

  @Override
  public void accept(byte[] input) {
    Fuzzed.read(input, "-idx", IdxReader::images);
    Fuzzed.read(input, "-idx", IdxReader::labels);
  }
}
