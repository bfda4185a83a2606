package dev.lockstep.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * NumPy's .npz files: a zip archive with one .npy entry an array, which {@code numpy.load} reads
 * and {@code numpy.savez} writes. (Written here because no small, maintained Java library does it.)
 *
 * <p>Only little-endian {@code float32}, {@code float64}, {@code int32} and {@code int64}, and
 * {@code uint8}, in row-major order and of one to four dimensions, are known; see {@link NpyArray}.
 * Values pass through bit by bit, NaN included.
 */
public final class NpzFile {

  private static final String SUFFIX = ".npy";

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
    try (ZipFile zip = new ZipFile(file.toFile())) {
      long length = Files.size(file);
      Map<String, NpyArray> arrays = new LinkedHashMap<>();
      for (ZipEntry entry : Collections.list(zip.entries())) {
        String name = arrayName(file, entry);
        if (arrays.containsKey(name)) {
          throw new InputException(
              file.toString(), "array name '" + name + "'", "repeated", "expected it once");
        }
        arrays.put(name, read(new NpyFormat.Where(file.toString(), name), zip, entry, length));
      }
      return Collections.unmodifiableMap(arrays);
    } catch (ZipException e) {
      throw new InputException(
          file.toString(),
          "content",
          "not an intact zip archive",
          "the zip reader says: " + e.getMessage());
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
  }

  private static String arrayName(Path file, ZipEntry entry) {
    String name = entry.getName();
    if (!name.endsWith(SUFFIX)) {
      throw new InputException(
          file.toString(), "entry name", "'" + name + "'", "expected *" + SUFFIX);
    }
    return name.substring(0, name.length() - SUFFIX.length());
  }

  private static NpyArray read(NpyFormat.Where where, ZipFile zip, ZipEntry entry, long fileLength)
      throws IOException {
    boolean stored = entry.getMethod() == ZipEntry.STORED;
    long size = entry.getSize();
    if (stored && (size > fileLength || size != entry.getCompressedSize())) {
      throw where.fault("entry size", size, "but the file holds " + fileLength + " bytes");
    }
    CRC32 checksum = new CRC32();
    InputStream raw = zip.getInputStream(entry);
    if (raw == null) {
      throw where.fault("entry", "missing", "expected what the archive's directory lists");
    }
    try (InputStream in = new CheckedInputStream(raw, checksum)) {
      NpyArray array = NpyFormat.read(where, in, size, stored);
      if (in.read() >= 0) {
        throw where.fault("entry", "longer than its size", "expected " + size + " bytes");
      }
      if (checksum.getValue() != entry.getCrc()) {
        throw where.fault(
            "checksum",
            String.format(Locale.ROOT, "0x%08x", checksum.getValue()),
            String.format(Locale.ROOT, "expected 0x%08x", entry.getCrc()));
      }
      return array;
    }
  }
}
