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

/**
 * NumPy's .npz files: a zip archive with one .npy entry an array, which {@code numpy.load} reads
 * and {@code numpy.savez} writes. (Written here because no small, maintained Java library does it.)
 *
 * <p>Only little-endian {@code float32}, {@code float64}, {@code int32} and {@code int64}, and
 * {@code uint8}, of one to five dimensions, are known; see {@link NpyArray}. They are written in
 * row-major order and read in either. Values pass through bit by bit, NaN included.
 */
public final class NpzFile {

  /** Ends the name of every entry. */
  static final String SUFFIX = ".npy";

  /**
   * The time stamp of every entry, so that equal arrays give equal bytes. Not the format's first
   * instant: {@link ZipEntry} takes that one for "earlier" and adds a field that depends on the
   * time zone.
   */
  private static final LocalDateTime TIME = LocalDateTime.of(2000, 1, 1, 0, 0);

  private NpzFile() {}

  /**
   * Writes arrays, sorted by name and uncompressed, as {@link AtomicFile} does. Equal names and
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

  /** An uncompressed entry names its checksum ahead of its content. */
  private static long checksum(NpyArray array) throws IOException {
    CRC32 checksum = new CRC32();
    NpyFormat.write(array, new CheckedOutputStream(OutputStream.nullOutputStream(), checksum));
    return checksum.getValue();
  }

  /**
   * Reads all arrays, compressed or not, in the order of the file.
   *
   * @throws InputException if the file cannot be read, is no zip archive, or holds anything but
   *     arrays of the kinds above under different names and with their right checksums
   */
  public static Map<String, NpyArray> read(Path file) {
    try (NpzArchive archive = NpzArchive.open(file)) {
      Map<String, NpyArray> arrays = new LinkedHashMap<>();
      for (String name : archive.names()) {
        arrays.put(name, archive.read(name));
      }
      return Collections.unmodifiableMap(arrays);
    }
  }
}
