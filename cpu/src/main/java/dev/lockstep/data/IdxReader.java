package dev.lockstep.data;

import dev.lockstep.file.ForeignFile;
import dev.lockstep.file.HeapLimit;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Reads one file in the IDX format of the MNIST data sets, with unsigned bytes as elements.
 *
 * <p>The layout, big endian, is: two zero bytes, the element type (8 for unsigned bytes), the
 * number of dimensions, each dimension in 32 bits, and the elements in row-major order. The file
 * may be compressed with gzip. (Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of
 * handwritten digits".)
 *
 * <p>The header may promise any size. It is refused if the memory cannot hold it. No more memory is
 * taken than the file has bytes for, and no more of a compressed file is unpacked than its header
 * promises.
 */
final class IdxReader {

  private static final int UNSIGNED_BYTE = 8;

  /** The content of a file, which decides its number of dimensions. */
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
   * @param pixels unsigned bytes, [count][height][width]
   */
  record Images(int count, int height, int width, byte[] pixels) {}

  /**
   * Reads a file of images, which has three dimensions.
   *
   * @throws InputException if the file cannot be read or is no file of images
   */
  static Images images(Path file) {
    Contents contents = new IdxReader(file, Kind.IMAGES).read();
    int[] lengths = contents.lengths();
    return new Images(lengths[0], lengths[1], lengths[2], contents.elements());
  }

  /**
   * Reads a file of labels, which has one dimension.
   *
   * @return unsigned bytes
   * @throws InputException if the file cannot be read or is no file of labels
   */
  static byte[] labels(Path file) {
    return new IdxReader(file, Kind.LABELS).read().elements();
  }

  private record Contents(int[] lengths, byte[] elements) {}

  private Contents read() {
    try (InputStream in = Gzip.open(file)) {
      boolean plain = !(in instanceof GunzipStream);
      String lengthField = plain ? "file length" : "unpacked length";
      int[] lengths = readHeader(in, lengthField);
      int elements = elements(lengths);
      long length = Files.size(file);
      if (plain) {
        if (length != kind.headerBytes() + (long) elements) {
          throw wrongLength(lengthField, length, lengths);
        }
      }
      if (elements / ForeignFile.DEFLATE_RATIO > length) {
        throw fault(
            "size",
            sizeText(lengths),
            String.format(
                Locale.ROOT,
                "but the %d bytes of the file can hold at most %d times as many",
                length,
                ForeignFile.DEFLATE_RATIO));
      }
      // The bytes and the binary32 numbers made of them are in the heap at the same time.
      HeapLimit.require(
          (Byte.BYTES + Float.BYTES) * (long) elements, file.toString(), "size", sizeText(lengths));
      return new Contents(lengths, readElements(in, elements, lengths, lengthField));
    } catch (IOException e) {
      throw Gzip.fault(file, e);
    }
  }

  private int[] readHeader(InputStream in, String lengthField) throws IOException {
    byte[] bytes = in.readNBytes(kind.headerBytes());
    ByteBuffer header = ByteBuffer.wrap(bytes);
    if (bytes.length >= Integer.BYTES) {
      checkMagic(header.getInt());
    }
    if (bytes.length < kind.headerBytes()) {
      throw fault(
          lengthField,
          bytes.length,
          String.format(
              Locale.ROOT,
              "expected at least %d (header of %s)",
              kind.headerBytes(),
              kind.description));
    }
    int[] lengths = new int[kind.dimensions.length];
    for (int i = 0; i < lengths.length; i++) {
      long length = Integer.toUnsignedLong(header.getInt());
      if (length == 0 || length > Limits.ARRAY.value()) {
        throw fault(kind.dimensions[i], length, "expected 1 to " + Limits.ARRAY.value());
      }
      lengths[i] = (int) length;
    }
    return lengths;
  }

  /** The number of elements, if one array can hold them. */
  private int elements(int[] lengths) {
    long elements = 1;
    for (int length : lengths) {
      // Both factors are below 2^31, so the product fits a long.
      elements *= length;
      if (elements > Limits.ARRAY.value()) {
        throw fault(
            "size", sizeText(lengths), "expected at most " + Limits.ARRAY.value() + " bytes");
      }
    }
    return (int) elements;
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

  private byte[] readElements(InputStream in, int promised, int[] lengths, String lengthField)
      throws IOException {
    // readNBytes takes memory only as the bytes arrive; the header may promise too many.
    byte[] elements = in.readNBytes(promised);
    if (elements.length < promised) {
      throw wrongLength(lengthField, kind.headerBytes() + elements.length, lengths);
    }
    // Reading past the last byte also makes the gzip reader compare its checksum.
    if (in.read() >= 0) {
      throw wrongLength(
          lengthField, "more than " + (kind.headerBytes() + (long) promised), lengths);
    }
    return elements;
  }

  private InputException wrongLength(String lengthField, Object length, int[] lengths) {
    return fault(
        lengthField,
        length,
        String.format(
            Locale.ROOT,
            "expected %d (%s of %s)",
            kind.headerBytes() + (long) elements(lengths),
            kind.description,
            sizeText(lengths)));
  }

  private InputException fault(String field, Object value, String problem) {
    return new InputException(file.toString(), field, value, problem);
  }
}
