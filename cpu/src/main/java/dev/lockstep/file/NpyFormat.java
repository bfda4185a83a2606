package dev.lockstep.file;

import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * One array in the .npy format, version 1.0 (NumPy enhancement proposal 1): magic, version, a
 * little-endian 16-bit header length, the header, and the values.
 */
final class NpyFormat {

  /** The magic string and version 1.0; a two-byte header length follows. */
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};

  private static final int PREAMBLE = MAGIC.length + 2;
  private static final int ALIGNMENT = 64;

  /** A multiple of the size of every type. */
  private static final int CHUNK_BYTES = 1 << 16;

  private NpyFormat() {}

  /** The number of bytes that {@link #write} writes. */
  static long size(NpyArray array) {
    return preambleAndHeader(array).length + NpyHeader.of(array).dataBytes();
  }

  static void write(NpyArray array, OutputStream out) throws IOException {
    out.write(preambleAndHeader(array));
    NpyHeader.Type type = NpyHeader.of(array).type();
    MemorySegment values =
        switch (array) {
          case NpyArray.Floats(int[] _, float[] floats) -> MemorySegment.ofArray(floats);
          case NpyArray.Doubles(int[] _, double[] doubles) -> MemorySegment.ofArray(doubles);
          case NpyArray.Bytes(int[] _, byte[] bytes) -> MemorySegment.ofArray(bytes);
          case NpyArray.Longs(int[] _, long[] longs) -> MemorySegment.ofArray(longs);
        };
    byte[] chunk = new byte[CHUNK_BYTES];
    for (long at = 0; at < values.byteSize(); at += CHUNK_BYTES) {
      int bytes = (int) Math.min(CHUNK_BYTES, values.byteSize() - at);
      type.copy(values, at, MemorySegment.ofArray(chunk), 0, bytes);
      out.write(chunk, 0, bytes);
    }
  }

  private static byte[] preambleAndHeader(NpyArray array) {
    String header = NpyHeader.of(array).text();
    int unpadded = PREAMBLE + header.length() + 1;
    int padding = Math.floorMod(-unpadded, ALIGNMENT);
    byte[] text = (header + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(PREAMBLE + text.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(MAGIC)
        .putShort((short) text.length)
        .put(text)
        .array();
  }

  /**
   * The part of an array's bytes before its values.
   *
   * @param bytes the length of that part
   */
  record Start(NpyDictionary dictionary, long bytes) {}

  /**
   * Reads an array's bytes up to its values.
   *
   * @throws InputException if the bytes are no array of any kind
   */
  static Start start(Where where, InputStream in) throws IOException {
    byte[] preamble = in.readNBytes(PREAMBLE);
    if (preamble.length < PREAMBLE
        || !Arrays.equals(preamble, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw where.fault(
          "start",
          preamble.length == 0 ? "empty" : HexFormat.of().formatHex(preamble),
          "expected " + HexFormat.of().formatHex(MAGIC) + " (.npy version 1.0) and a length");
    }
    int length = Byte.toUnsignedInt(preamble[8]) | Byte.toUnsignedInt(preamble[9]) << 8;
    if (length > Limits.NPY_HEADER.value()) {
      throw where.fault("header length", length, Limits.NPY_HEADER.expected());
    }
    byte[] text = in.readNBytes(length);
    if (text.length < length) {
      throw where.fault("header length", length, "but only " + text.length + " bytes follow");
    }
    return new Start(
        NpyDictionary.parse(where, new String(text, StandardCharsets.ISO_8859_1)),
        PREAMBLE + length);
  }

  /**
   * Reads an array's bytes and nothing after them. Column-major values, as NumPy writes them for
   * the transpose of an array, are reordered to row-major.
   *
   * @param where names the array in faults
   * @param in the bytes of the array
   * @param size the number of bytes that the entry claims to hold
   * @param trusted whether that many bytes are known to exist; if not, memory is claimed only as
   *     they arrive
   * @throws InputException if the bytes are no array of the kinds that {@link NpyArray} has
   */
  static NpyArray read(Where where, InputStream in, long size, boolean trusted) throws IOException {
    Start start = start(where, in);
    NpyHeader header = NpyHeader.of(where, start.dictionary());
    long dataBytes = size - start.bytes();
    if (header.dataBytes() != dataBytes) {
      throw where.fault(
          "shape",
          NpyHeader.shapeText(header.shape()),
          "expected " + header.dataBytes() + " bytes of values, but there are " + dataBytes);
    }
    HeapLimit.require(
        header.heapBytes(), where.source(), where.of("shape"), NpyHeader.shapeText(header.shape()));
    int count = Math.toIntExact(header.count());
    MemorySegment values =
        values(where, in, header, trusted ? count : Math.min(count, CHUNK_BYTES));
    if (header.order() == NpyHeader.Order.COLUMN_MAJOR) {
      values = rowMajor(header, values);
    }
    return array(header.shape(), values.heapBase().orElseThrow());
  }

  private static NpyArray array(int[] shape, Object values) {
    return switch (values) {
      case float[] floats -> new NpyArray.Floats(shape, floats);
      case double[] doubles -> new NpyArray.Doubles(shape, doubles);
      case byte[] bytes -> new NpyArray.Bytes(shape, bytes);
      case int[] ints -> new NpyArray.Longs(shape, Arrays.stream(ints).asLongStream().toArray());
      case long[] longs -> new NpyArray.Longs(shape, longs);
      default -> throw new IllegalStateException("no array of " + values.getClass());
    };
  }

  /**
   * Reads the values in the order of the file.
   *
   * @param first the number of values to make room for at first
   */
  private static MemorySegment values(Where where, InputStream in, NpyHeader header, int first)
      throws IOException {
    NpyHeader.Type type = header.type();
    MemorySegment values = type.allocate(first);
    byte[] chunk = new byte[CHUNK_BYTES];
    for (long at = 0; at < header.dataBytes(); at += CHUNK_BYTES) {
      int bytes = (int) Math.min(CHUNK_BYTES, header.dataBytes() - at);
      int got = in.readNBytes(chunk, 0, bytes);
      if (got < bytes) {
        throw where.fault("entry", "cut short", "expected " + (bytes - got) + " more bytes");
      }
      if (at + bytes > values.byteSize()) {
        long grown = Math.min(2 * values.byteSize(), header.dataBytes()) / type.bytes();
        values = type.allocate((int) grown).copyFrom(values);
      }
      type.copy(MemorySegment.ofArray(chunk), 0, values, at, bytes);
    }
    return values;
  }

  /** Copies column-major values into row-major order. */
  private static MemorySegment rowMajor(NpyHeader header, MemorySegment columnMajor) {
    int[] shape = header.shape();
    int bytes = header.type().bytes();
    MemorySegment rowMajor = header.type().allocate(Math.toIntExact(header.count()));
    long[] stride = new long[shape.length];
    long next = bytes;
    for (int d = 0; d < shape.length; d++) {
      stride[d] = next;
      next *= shape[d];
    }
    int[] index = new int[shape.length];
    long from = 0;
    for (long to = 0; to < rowMajor.byteSize(); to += bytes) {
      MemorySegment.copy(columnMajor, from, rowMajor, to, bytes);
      for (int d = shape.length - 1; d >= 0; d--) {
        from += stride[d];
        if (++index[d] < shape[d]) {
          break;
        }
        from -= stride[d] * shape[d];
        index[d] = 0;
      }
    }
    return rowMajor;
  }

  /**
   * Names an array in faults.
   *
   * @param source the file
   * @param array the array's name
   */
  record Where(String source, String array) {
    InputException fault(String field, Object value, String problem) {
      return new InputException(source, of(field), value, problem);
    }

    /** The name of a field of the array. */
    String of(String field) {
      return field + " of array '" + array + "'";
    }
  }
}
