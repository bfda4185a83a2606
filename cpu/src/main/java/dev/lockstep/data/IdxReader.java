package dev.lockstep.data;

import dev.lockstep.file.HeapLimit;
import dev.lockstep.input.InputException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads one file in the IDX format of the MNIST data sets, with elements of unsigned bytes.
 *
 * <p>Layout, big endian: two zero bytes, the element type (8 for unsigned bytes), the number of
 * dimensions, each dimension in 32 bits, then the elements in row-major order and nothing behind
 * them. The file may be compressed with gzip; its first bytes tell, not its name. (Source: Y.
 * LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".)
 *
 * <p>No more memory is taken than the file has bytes for, whatever its header promises, and no more
 * of a compressed file is unpacked than its header promises.
 */
final class IdxReader {

  private static final int UNSIGNED_BYTE = 8;

  /** The longest array of a Java virtual machine, with room for its object header. */
  private static final long MOST_ELEMENTS = Integer.MAX_VALUE - 8;

  /** What a file holds, which fixes its number of dimensions. */
  private enum Kind {
    IMAGES("images", "number of images", "image height", "image width"),
    LABELS("labels", "number of labels");

    private final String description;
    private final String[] dimensions;

    Kind(String description, String... dimensions) {
      this.description = description;
      this.dimensions = dimensions;
    }

    int headerBytes() {
      return Integer.BYTES * (1 + dimensions.length);
    }
  }

  private final Path file;
  private final Kind kind;

  private IdxReader(Path file, Kind kind) {
    this.file = file;
    this.kind = kind;
  }

  /**
   * Images of one size.
   *
   * @param pixels unsigned bytes: count x height x width
   */
  record Images(int count, int height, int width, byte[] pixels) {}

  /**
   * Reads a file of images: three dimensions.
   *
   * @throws InputException if the file cannot be read or is anything else
   */
  static Images images(Path file) {
    Contents contents = new IdxReader(file, Kind.IMAGES).read();
    int[] lengths = contents.lengths();
    return new Images(lengths[0], lengths[1], lengths[2], contents.elements());
  }

  /**
   * Reads a file of labels: one dimension.
   *
   * @return unsigned bytes
   * @throws InputException if the file cannot be read or is anything else
   */
  static byte[] labels(Path file) {
    return new IdxReader(file, Kind.LABELS).read().elements();
  }

  private record Contents(int[] lengths, byte[] elements) {}

  private Contents read() {
    try (BufferedInputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      if (GzipStart.isNext(in)) {
        return readCompressed(in);
      }
      return readPlain(in, Files.size(file));
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
  }

  private Contents readCompressed(InputStream compressed) throws IOException {
    try (InputStream in = new GZIPInputStream(compressed)) {
      int[] lengths = readHeader(in, "unpacked length");
      return new Contents(lengths, readElements(in, lengths, "unpacked length"));
    } catch (EOFException e) {
      throw fault("gzip stream", "cut short", "expected its end mark and checksum");
    } catch (ZipException e) {
      throw fault("gzip stream", "damaged", "the gzip reader says: " + e.getMessage());
    }
  }

  private Contents readPlain(InputStream in, long fileLength) throws IOException {
    int[] lengths = readHeader(in, "file length");
    long expected = kind.headerBytes() + elements(lengths);
    if (fileLength != expected) {
      throw wrongLength("file length", fileLength, lengths);
    }
    // The bytes, and beside them the numbers in binary32 that are made of them.
    HeapLimit.require(
        (Byte.BYTES + Float.BYTES) * expected, file.toString(), "file length", fileLength);
    return new Contents(lengths, readElements(in, lengths, "file length"));
  }

  private int[] readHeader(InputStream in, String lengthField) throws IOException {
    byte[] bytes = in.readNBytes(kind.headerBytes());
    if (bytes.length < Integer.BYTES) {
      throw shortHeader(lengthField, bytes.length);
    }
    ByteBuffer header = ByteBuffer.wrap(bytes);
    checkMagic(header.getInt());
    if (bytes.length < kind.headerBytes()) {
      throw shortHeader(lengthField, bytes.length);
    }
    int[] lengths = new int[kind.dimensions.length];
    for (int i = 0; i < lengths.length; i++) {
      long length = Integer.toUnsignedLong(header.getInt());
      if (length == 0 || length > MOST_ELEMENTS) {
        throw fault(kind.dimensions[i], length, "expected 1 to " + MOST_ELEMENTS);
      }
      lengths[i] = (int) length;
    }
    checkSize(lengths);
    return lengths;
  }

  private void checkSize(int[] lengths) {
    long elements = 1;
    for (int length : lengths) {
      // Both factors are below 2^31 here, so the product fits a long.
      elements *= length;
      if (elements > MOST_ELEMENTS) {
        throw fault("size", sizeText(lengths), "expected at most " + MOST_ELEMENTS + " bytes");
      }
    }
  }

  private static String sizeText(int[] lengths) {
    return Arrays.stream(lengths).mapToObj(Integer::toString).collect(Collectors.joining(" x "));
  }

  private void checkMagic(int magic) {
    int expected = UNSIGNED_BYTE << 8 | kind.dimensions.length;
    int type = magic >>> 8;
    if (type != UNSIGNED_BYTE && type <= 0xff) {
      throw fault(
          "element type",
          String.format(Locale.ROOT, "0x%02x", type),
          "expected 0x08 (unsigned byte)");
    }
    if (magic != expected) {
      throw fault(
          "magic number",
          String.format(Locale.ROOT, "0x%08x", magic),
          String.format(Locale.ROOT, "expected 0x%08x (%s)", expected, kind.description));
    }
  }

  private byte[] readElements(InputStream in, int[] lengths, String lengthField)
      throws IOException {
    int promised = (int) elements(lengths);
    // In pieces, as they arrive: the promise may be a lie.
    byte[] elements = in.readNBytes(promised);
    if (elements.length < promised) {
      throw wrongLength(lengthField, kind.headerBytes() + elements.length, lengths);
    }
    // The byte behind the last one makes the gzip reader compare its checksum, too.
    if (in.read() >= 0) {
      throw wrongLength(
          lengthField, "more than " + (kind.headerBytes() + (long) promised), lengths);
    }
    return elements;
  }

  private static long elements(int[] lengths) {
    long elements = 1;
    for (int length : lengths) {
      elements *= length;
    }
    return elements;
  }

  private InputException shortHeader(String lengthField, int length) {
    return fault(
        lengthField,
        length,
        String.format(
            Locale.ROOT,
            "expected at least %d (header of %s)",
            kind.headerBytes(),
            kind.description));
  }

  private InputException wrongLength(String lengthField, Object length, int[] lengths) {
    return fault(
        lengthField,
        length,
        String.format(
            Locale.ROOT,
            "expected %d (%s of %s)",
            kind.headerBytes() + elements(lengths),
            kind.description,
            sizeText(lengths)));
  }

  private InputException fault(String field, Object value, String problem) {
    return new InputException(file.toString(), field, value, problem);
  }
}
