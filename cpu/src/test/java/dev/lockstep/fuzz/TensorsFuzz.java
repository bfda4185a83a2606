package dev.lockstep.fuzz;

import dev.lockstep.file.NpzArchive;
import dev.lockstep.file.SafetensorsFile;
import dev.lockstep.file.TensorFile;
import java.nio.file.Path;
import java.util.function.Function;

/** Files of tensors read one by one, for a coverage-guided fuzzer: {@code mvn -Pfuzz verify}. */
public final class TensorsFuzz {

  private TensorsFuzz() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] content) {
    Fuzzed.read(content, ".safetensors", file -> readAll(file, SafetensorsFile::open));
  }

  /** The same for NumPy's archives. */
  static void npz(byte[] content) {
    Fuzzed.read(content, ".npz", file -> readAll(file, NpzArchive::open));
  }

  private static void readAll(Path path, Function<Path, TensorFile> opening) {
    try (TensorFile file = opening.apply(path)) {
      for (TensorFile.Entry entry : file.entries()) {
        if (entry.reading() != TensorFile.Reading.REFUSED && !entry.shape().isEmpty()) {
          file.read(entry);
        }
      }
    }
  }
}
