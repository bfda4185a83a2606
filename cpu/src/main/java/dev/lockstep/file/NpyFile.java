package dev.lockstep.file;

import dev.lockstep.input.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A single array in a file, as {@code numpy.save} writes it, of the kinds of {@link NpzFile}. */
public final class NpyFile {

  private NpyFile() {}

  /**
   * Writes a new file.
   *
   * @throws IOException if the file exists or cannot be written
   */
  public static void write(Path file, NpyArray array) throws IOException {
    try (OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      NpyFormat.write(array, out);
    }
  }

  /** Writes the bytes of such a file to a stream, which stays open. */
  public static void write(OutputStream out, NpyArray array) throws IOException {
    NpyFormat.write(array, out);
  }

  /**
   * Reads a regular file. Links are not followed.
   *
   * @param mostBytes the longest file that is read
   * @throws InputException if the file cannot be read, is too long, or is no array of a known kind
   */
  public static NpyArray read(Path file, long mostBytes) {
    String source = String.valueOf(file.getFileName());
    try {
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new InputException(
            source, "file", Files.exists(file) ? "not regular" : "missing", "expected an array");
      }
      long size = Files.size(file);
      if (size > mostBytes) {
        throw new InputException(
            source, "size", size + " bytes", "expected at most " + mostBytes + " bytes");
      }
      try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
        return NpyFormat.read(new NpyFormat.Where(source, "of the file"), in, size, true);
      }
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
  }
}
