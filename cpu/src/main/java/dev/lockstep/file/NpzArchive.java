package dev.lockstep.file;

import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** An open .npz file, whose arrays are read by name. {@link NpzFile} reads all of them at once. */
public final class NpzArchive implements TensorFile {

  private final Path file;
  private final ZipFile zip;
  private final long length;
  private final Map<String, ZipEntry> arrays;

  private NpzArchive(Path file, ZipFile zip, long length, Map<String, ZipEntry> arrays) {
    this.file = file;
    this.zip = zip;
    this.length = length;
    this.arrays = arrays;
  }

  /**
   * Opens a file and reads its directory.
   *
   * @throws InputException if the file cannot be read or is no zip archive, or if it has entries
   *     that are not arrays, share a name, or overlap
   */
  @SuppressWarnings("MustBeClosedChecker") // closed with the archive
  public static NpzArchive open(Path file) {
    try {
      ZipFile zip = ForeignFile.zip(file);
      try {
        long length = Files.size(file);
        return new NpzArchive(file, zip, length, arrays(file, zip, length));
      } catch (IOException | RuntimeException e) {
        zip.close();
        throw e;
      }
    } catch (IOException e) {
      throw fault(file, e);
    }
  }

  private static Map<String, ZipEntry> arrays(Path file, ZipFile zip, long length) {
    Map<String, ZipEntry> arrays = new LinkedHashMap<>();
    long packed = 0;
    for (ZipEntry entry : Collections.list(zip.entries())) {
      String name = arrayName(file, entry);
      if (arrays.put(name, entry) != null) {
        throw new InputException(
            file.toString(), "array name '" + name + "'", "repeated", "expected it once");
      }
      requirePossible(file, name, entry);
      packed += Math.min(entry.getCompressedSize(), length);
      if (packed > length) {
        // Entries that share their bytes can make a small file endless to read.
        throw new InputException(
            file.toString(),
            "packed size of entries up to '" + name + "'",
            packed,
            "but the file holds " + length + " bytes");
      }
    }
    return arrays;
  }

  private static void requirePossible(Path file, String name, ZipEntry entry) {
    boolean deflated = entry.getMethod() == ZipEntry.DEFLATED;
    if (deflated && entry.getSize() / ForeignFile.DEFLATE_RATIO > entry.getCompressedSize()) {
      NpyFormat.Where where = new NpyFormat.Where(file.toString(), name);
      throw where.fault(
          "entry size",
          entry.getSize(),
          String.format(
              Locale.ROOT,
              "but its %d packed bytes can hold at most %d times as many",
              entry.getCompressedSize(),
              ForeignFile.DEFLATE_RATIO));
    }
  }

  private static String arrayName(Path file, ZipEntry entry) {
    String name = entry.getName();
    if (!name.endsWith(NpzFile.SUFFIX)) {
      throw new InputException(
          file.toString(), "entry name", "'" + name + "'", "expected *" + NpzFile.SUFFIX);
    }
    return name.substring(0, name.length() - NpzFile.SUFFIX.length());
  }

  /**
   * Checks that the values of all arrays fit the memory together.
   *
   * @throws InputException naming the size that the directory of the file tells
   */
  void requireMemory() {
    long most = Limits.ARRAY.value() * Long.BYTES;
    long bytes = arrays.values().stream().mapToLong(entry -> Math.min(most, entry.getSize())).sum();
    HeapLimit.require(bytes, file.toString(), "unpacked size of all arrays", bytes + " bytes");
  }

  /** Lists the names of all arrays, in the order of the file. */
  List<String> names() {
    return List.copyOf(arrays.keySet());
  }

  @Override
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, ZipEntry> named : arrays.entrySet()) {
      NpyFormat.Where where = where(named.getKey());
      try (InputStream in = stream(where, named.getValue())) {
        NpyDictionary dictionary = NpyFormat.start(where, in).dictionary();
        entries.add(
            new Entry(
                named.getKey(),
                dictionary.descr().replace("'", ""),
                dictionary.lengths(where),
                reading(dictionary)));
      } catch (IOException e) {
        throw fault(file, e);
      }
    }
    return entries;
  }

  private static Reading reading(NpyDictionary dictionary) {
    if (NpyHeader.Type.FLOAT32.is(dictionary)) {
      return Reading.BINARY32;
    }
    return NpyHeader.Type.FLOAT64.is(dictionary) ? Reading.BINARY64 : Reading.REFUSED;
  }

  @Override
  public Matrix read(Entry entry) {
    NpyArray array = read(entry.name());
    int rows = array.shape()[0];
    int columns = array.count() / Math.max(1, rows);
    return switch (array) {
      case NpyArray.Floats(int[] _, float[] values) -> new FloatMatrix(rows, columns, values);
      case NpyArray.Doubles(int[] _, double[] values) -> new DoubleMatrix(rows, columns, values);
      case NpyArray.Bytes _, NpyArray.Longs _ ->
          throw new IllegalArgumentException(entry.name() + " has whole numbers");
    };
  }

  /**
   * Reads an array by its name.
   *
   * @throws InputException if the array is of an unknown kind or its checksum differs
   */
  NpyArray read(String name) {
    ZipEntry entry = arrays.get(name);
    if (entry == null) {
      throw new IllegalArgumentException("no array " + name);
    }
    NpyFormat.Where where = where(name);
    CRC32 checksum = new CRC32();
    try (InputStream in = new CheckedInputStream(stream(where, entry), checksum)) {
      NpyArray array =
          NpyFormat.read(where, in, entry.getSize(), entry.getMethod() == ZipEntry.STORED);
      if (in.read() >= 0) {
        throw where.fault(
            "entry", "longer than its size", "expected " + entry.getSize() + " bytes");
      }
      if (checksum.getValue() != entry.getCrc()) {
        throw where.fault(
            "checksum",
            String.format(Locale.ROOT, "0x%08x", checksum.getValue()),
            String.format(Locale.ROOT, "expected 0x%08x", entry.getCrc()));
      }
      return array;
    } catch (IOException e) {
      throw fault(file, e);
    }
  }

  private InputStream stream(NpyFormat.Where where, ZipEntry entry) throws IOException {
    long size = entry.getSize();
    if (entry.getMethod() == ZipEntry.STORED
        && (size > length || size != entry.getCompressedSize())) {
      throw where.fault("entry size", size, "but the file holds " + length + " bytes");
    }
    InputStream in = zip.getInputStream(entry);
    if (in == null) {
      throw where.fault("entry", "missing", "expected what the archive's directory lists");
    }
    return in;
  }

  private NpyFormat.Where where(String name) {
    return new NpyFormat.Where(file.toString(), name);
  }

  private static InputException fault(Path file, IOException cause) {
    return cause instanceof ZipException
        ? new InputException(
            file.toString(),
            "content",
            "not an intact zip archive",
            "the zip reader says: " + cause.getMessage())
        : InputException.unreadable(file, cause);
  }

  @Override
  public void close() {
    try {
      zip.close();
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
  }
}
