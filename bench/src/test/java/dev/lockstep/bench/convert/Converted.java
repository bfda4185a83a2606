package dev.lockstep.bench.convert;

import dev.lockstep.fuzz.Fuzzed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Converts a folder to one that is removed again. */
final class Converted {

  private static final Path PATH = Fuzzed.path("-converted");

  private Converted() {}

  static void of(Path folder) {
    try {
      ConvertCommand.convert(folder, PATH);
    } finally {
      clear();
    }
  }

  private static void clear() {
    if (Files.isDirectory(PATH)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(PATH)) {
        for (Path each : files) {
          Files.delete(each);
        }
        Files.delete(PATH);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
