package dev.lockstep.data;

import dev.lockstep.file.ForeignFile;
import dev.lockstep.input.InputException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.ZipException;

/** Reads files that may be compressed with gzip. Their first bytes decide, not their names. */
final class Gzip {
  private static final byte[] MAGIC = {0x1f, (byte) 0x8b};

  private Gzip() {}

  /**
   * Opens a file: as a {@link GunzipStream} if it is compressed, else as it is.
   *
   * @throws InputException if it is no regular file
   */
  static InputStream open(Path file) throws IOException {
    GunzipStream.Packed packed = new GunzipStream.Packed(ForeignFile.open(file));
    BufferedInputStream in = new BufferedInputStream(packed);
    try {
      in.mark(MAGIC.length);
      boolean compressed = Arrays.equals(in.readNBytes(MAGIC.length), MAGIC);
      in.reset();
      return compressed ? new GunzipStream(in, packed) : in;
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /** The fault of a file whose stream cannot be read. */
  static InputException fault(Path file, IOException cause) {
    return fault(file, "unpacked length", cause);
  }

  /**
   * The fault of a file whose stream cannot be read.
   *
   * @param unpacked names what was unpacked, if that is too long
   */
  static InputException fault(Path file, String unpacked, IOException cause) {
    return switch (cause) {
      case GunzipStream.ExcessException excess ->
          new InputException(
              file.toString(), unpacked, excess.unpacked() + " bytes", excess.expected());
      case EOFException _ ->
          new InputException(
              file.toString(), "gzip stream", "cut short", "expected its end mark and checksum");
      case ZipException _ ->
          new InputException(
              file.toString(),
              "gzip stream",
              "damaged",
              "the gzip reader says: " + cause.getMessage());
      default -> InputException.unreadable(file, cause);
    };
  }
}
