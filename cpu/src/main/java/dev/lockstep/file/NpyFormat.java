package dev.lockstep.file;

import dev.lockstep.input.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
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
  private static final int CHUNK_BYTES = 1 << 16;

  private NpyFormat() {}

  /** The number of bytes that {@link #write} writes. */
  static long size(NpyArray array) {
    return preambleAndHeader(array).length + NpyHeader.of(array).dataBytes();
  }

  static void write(NpyArray array, OutputStream out) throws IOException {
    out.write(preambleAndHeader(array));
    NpyHeader header = NpyHeader.of(array);
    Source source =
        switch (array) {
          case NpyArray.Floats(int[] _, float[] values) ->
              (chunk, from, count) -> chunk.asFloatBuffer().put(values, from, count);
          case NpyArray.Doubles(int[] _, double[] values) ->
              (chunk, from, count) -> chunk.asDoubleBuffer().put(values, from, count);
          case NpyArray.Bytes(int[] _, byte[] values) ->
              (chunk, from, count) -> chunk.duplicate().put(values, from, count);
          case NpyArray.Longs(int[] _, long[] values) ->
              (chunk, from, count) -> chunk.asLongBuffer().put(values, from, count);
        };
    ByteBuffer chunk = chunk();
    int count = Math.toIntExact(header.count());
    int most = CHUNK_BYTES / header.elementBytes();
    for (int from = 0; from < count; from += most) {
      int here = Math.min(most, count - from);
      source.put(chunk, from, here);
      out.write(chunk.array(), 0, here * header.elementBytes());
    }
  }

  /** Puts some values at the start of a chunk. */
  @FunctionalInterface
  private interface Source {
    void put(ByteBuffer chunk, int from, int count);
  }

  /** Takes some values from the start of a chunk. */
  @FunctionalInterface
  private interface Sink<A> {
    void take(ByteBuffer chunk, A values, int from, int count);
  }

  /** An array of another length with the same first values. */
  @FunctionalInterface
  private interface Copy<A> {
    A of(A values, int length);
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
   * What stands before the values of an array.
   *
   * @param bytes how many bytes it takes
   */
  record Start(NpyDictionary dictionary, long bytes) {}

  /**
   * Reads what stands before the values of an array, and nothing behind it.
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
    byte[] text = in.readNBytes(length);
    if (text.length < length) {
      throw where.fault("header length", length, "but only " + text.length + " bytes follow");
    }
    return new Start(
        NpyDictionary.parse(where, new String(text, StandardCharsets.ISO_8859_1)),
        PREAMBLE + length);
  }

  /**
   * Reads an array and nothing behind it. Values that lie column-major, as NumPy writes the
   * transpose of an array, are brought into row-major order.
   *
   * @param where names the array in faults
   * @param in the bytes of the array
   * @param size how many bytes the entry claims to hold
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
    int count = Math.toIntExact(header.count());
    int first = trusted ? count : Math.min(count, CHUNK_BYTES);
    Reading reading = new Reading(where, in, header, first);
    int[] shape = header.shape();
    return switch (header.type()) {
      case FLOAT32 ->
          new NpyArray.Floats(
              shape,
              reading.of(
                  new float[first],
                  Arrays::copyOf,
                  (chunk, values, from, here) -> chunk.asFloatBuffer().get(values, from, here)));
      case FLOAT64 ->
          new NpyArray.Doubles(
              shape,
              reading.of(
                  new double[first],
                  Arrays::copyOf,
                  (chunk, values, from, here) -> chunk.asDoubleBuffer().get(values, from, here)));
      case UINT8 ->
          new NpyArray.Bytes(
              shape,
              reading.of(
                  new byte[first],
                  Arrays::copyOf,
                  (chunk, values, from, here) -> chunk.duplicate().get(values, from, here)));
      case INT32 ->
          new NpyArray.Longs(shape, reading.of(new long[first], Arrays::copyOf, NpyFormat::widen));
      case INT64 ->
          new NpyArray.Longs(
              shape,
              reading.of(
                  new long[first],
                  Arrays::copyOf,
                  (chunk, values, from, here) -> chunk.asLongBuffer().get(values, from, here)));
    };
  }

  private static void widen(ByteBuffer chunk, long[] values, int from, int count) {
    IntBuffer numbers = chunk.asIntBuffer();
    for (int i = 0; i < count; i++) {
      values[from + i] = numbers.get(i);
    }
  }

  /**
   * The values of an array on their way.
   *
   * @param first for how many of them there is room to begin with
   */
  private record Reading(Where where, InputStream in, NpyHeader header, int first) {
    <A> A of(A room, Copy<A> copy, Sink<A> sink) throws IOException {
      A values = room;
      int length = first;
      int count = Math.toIntExact(header.count());
      ByteBuffer chunk = chunk();
      int most = CHUNK_BYTES / header.elementBytes();
      for (int from = 0; from < count; from += most) {
        int here = Math.min(most, count - from);
        fill(where, in, chunk, here * header.elementBytes());
        if (from + here > length) {
          length = grown(length, count);
          values = copy.of(values, length);
        }
        sink.take(chunk, values, from, here);
      }
      return header.order() == NpyHeader.Order.ROW_MAJOR
          ? values
          : rowMajor(header.shape(), values, copy.of(values, count));
    }
  }

  /** Fills the target with column-major values in row-major order. */
  private static <A> A rowMajor(int[] shape, A columnMajor, A target) {
    int[] stride = new int[shape.length];
    int count = 1;
    for (int d = 0; d < shape.length; d++) {
      stride[d] = count;
      count *= shape[d];
    }
    int[] index = new int[shape.length];
    int from = 0;
    for (int to = 0; to < count; to++) {
      System.arraycopy(columnMajor, from, target, to, 1);
      for (int d = shape.length - 1; d >= 0; d--) {
        from += stride[d];
        if (++index[d] < shape[d]) {
          break;
        }
        from -= stride[d] * shape[d];
        index[d] = 0;
      }
    }
    return target;
  }

  private static int grown(int length, int count) {
    return (int) Math.min(2L * length, count);
  }

  private static void fill(Where where, InputStream in, ByteBuffer chunk, int bytes)
      throws IOException {
    int got = in.readNBytes(chunk.array(), 0, bytes);
    if (got < bytes) {
      throw where.fault("entry", "cut short", "expected " + (bytes - got) + " more bytes");
    }
  }

  private static ByteBuffer chunk() {
    return ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Where an array comes from, for the sentence of a fault. */
  record Where(String source, String array) {
    InputException fault(String field, Object value, String problem) {
      return new InputException(source, field + " of array '" + array + "'", value, problem);
    }
  }
}
