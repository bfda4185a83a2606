package dev.lockstep.file;

import dev.lockstep.input.InputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * NumPy's .npz files: a zip archive with one .npy entry per array, which {@code numpy.load} reads
 * and {@code numpy.savez} writes. (Written here because no small, maintained Java library does it.)
 *
 * <p>The known types are little-endian {@code float32}, {@code float64}, {@code int32} and {@code
 * int64}, and {@code uint8}, with one to five dimensions; see {@link NpyArray}. Arrays are written
 * in row-major order and read in either order. Values keep their bits, including those of NaN.
 */
public final class NpzFile {

  /** The end of every entry's name. */
  static final String SUFFIX = ".npy";

  /**
   * The time stamp of every entry, so that equal arrays give equal bytes. It is not the format's
   * first instant, which {@link ZipEntry} takes for "earlier"; it then adds a field that depends on
   * the time zone.
   */
  private static final LocalDateTime TIME = LocalDateTime.of(2000, 1, 1, 0, 0);

  private NpzFile() {}

  /**
   * Writes arrays, uncompressed and sorted by name, through {@link AtomicFile}. Equal names and
   * bits give equal files.
   *
   * @throws InputException if the file cannot be written
   */
  public static void write(Path file, Map<String, ? extends NpyArray> arrays) {
    AtomicFile.write(file, out -> write(out, new TreeMap<>(arrays)));
  }

  private static void write(OutputStream out, Map<String, NpyArray> arrays) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    for (Map.Entry<String, NpyArray> named : arrays.entrySet()) {
      NpyArray array = named.getValue();
      ZipEntry entry = new ZipEntry(named.getKey() + SUFFIX);
      entry.setMethod(ZipEntry.STORED);
      entry.setTimeLocal(TIME);
      entry.setSize(NpyFormat.size(array));
      entry.setCrc(checksum(array));
      zip.putNextEntry(entry);
      NpyFormat.write(array, zip);
      zip.closeEntry();
    }
    zip.finish();
  }

  /** The checksum of an array, which precedes the content of an uncompressed entry. */
  private static long checksum(NpyArray array) throws IOException {
    CRC32 checksum = new CRC32();
    NpyFormat.write(array, new CheckedOutputStream(OutputStream.nullOutputStream(), checksum));
    return checksum.getValue();
  }

  /**
   * Reads one array.
   *
   * @return null if the file has no array of this name
   * @throws InputException as {@link #read(Path)}
   */
  public static @Nullable NpyArray read(Path file, String name) {
    try (NpzArchive archive = NpzArchive.open(file)) {
      return archive.names().contains(name) ? archive.read(name) : null;
    }
  }

  /**
   * Reads all arrays, compressed or not, in the order of the file.
   *
   * @throws InputException if the file cannot be read or is no zip archive, if an entry is no array
   *     of the known types, if a name is repeated, or if a checksum differs
   */
  public static Map<String, NpyArray> read(Path file) {
    return HeapLimit.naming(file.toString(), "size of all arrays", () -> readAll(file));
  }

  private static Map<String, NpyArray> readAll(Path file) {
    try (NpzArchive archive = NpzArchive.open(file)) {
      Map<String, NpyArray> arrays = new LinkedHashMap<>();
      archive.requireMemory();
      for (String name : archive.names()) {
        arrays.put(name, archive.read(name));
      }
      return Collections.unmodifiableMap(arrays);
    }
  }
}
