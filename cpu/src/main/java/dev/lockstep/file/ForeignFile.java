package dev.lockstep.file;

import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.zip.ZipFile;

/**
 * Opens files from outside: data, scenarios, weights. Nothing else in the program opens them.
 *
 * <p>Only regular files are opened. A pipe may block for ever, a device may never end, and the
 * files of the kernel have no length. A link is followed to what it points to.
 */
public final class ForeignFile {

  /** How many bytes one byte of deflate, which gzip and zip use, can stand for at most. */
  public static final int DEFLATE_RATIO = 1032;

  private static final String EXPECTED = "expected a regular file";

  /** The folders of the kernel's own files, which look like regular ones. */
  private static final List<Path> KERNEL = List.of(Path.of("/proc"), Path.of("/sys"));

  private static final int TYPE = 0xf000;

  private ForeignFile() {}

  /**
   * Opens a file.
   *
   * @throws InputException if it is no regular file
   */
  public static InputStream open(Path file) throws IOException {
    requireRegular(file);
    return Files.newInputStream(file);
  }

  /**
   * Opens a file whose parts are read in any order.
   *
   * @throws InputException if it is no regular file
   */
  public static FileChannel channel(Path file) throws IOException {
    requireRegular(file);
    return FileChannel.open(file, StandardOpenOption.READ);
  }

  /**
   * Opens a zip archive and reads its directory.
   *
   * @throws InputException if it is no regular file, its directory does not fit the memory, or it
   *     has too many entries
   */
  public static ZipFile zip(Path file) throws IOException {
    requireRegular(file);
    ZipFile zip =
        HeapLimit.naming(file.toString(), "directory of entries", () -> new ZipFile(file.toFile()));
    try {
      Limits.ARCHIVE.require(file.toString(), "number of entries", zip.size());
      return zip;
    } catch (InputException e) {
      zip.close();
      throw e;
    }
  }

  /**
   * Reads a whole file.
   *
   * @throws InputException if it is no regular file, cannot be read or is too long
   */
  public static byte[] bytes(Path file, Limits most) {
    String source = file.toString();
    try (InputStream in = open(file)) {
      most.require(source, "file length", Files.size(file));
      // It may grow while it is read.
      byte[] bytes = in.readNBytes(most.count() + 1);
      most.require(source, "file length", bytes.length);
      return bytes;
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
  }

  private static void requireRegular(Path file) throws IOException {
    Path place = file.toRealPath();
    BasicFileAttributes attributes = Files.readAttributes(place, BasicFileAttributes.class);
    if (!attributes.isRegularFile()) {
      String kind = attributes.isDirectory() ? "a folder" : kind(place);
      throw new InputException(file.toString(), "file", kind, EXPECTED);
    }
    if (KERNEL.stream().anyMatch(place::startsWith)) {
      throw new InputException(file.toString(), "file", "one of the kernel's", EXPECTED);
    }
  }

  /** The kind of what is neither a regular file nor a folder. */
  private static String kind(Path place) throws IOException {
    return switch ((int) Files.getAttribute(place, "unix:mode") & TYPE) {
      case 0x1000 -> "a pipe";
      case 0x2000, 0x6000 -> "a device";
      case 0xc000 -> "a socket";
      default -> "of an unknown kind";
    };
  }
}
