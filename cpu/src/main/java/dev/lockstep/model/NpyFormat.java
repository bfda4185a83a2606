package dev.lockstep.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
  private static final int CHUNK_BYTES = 1 << 16;

  private NpyFormat() {}

  /** The number of bytes that {@link #write} writes. */
  static long size(NpyArray array) {
    return preambleAndHeader(array).length
        + switch (array) {
          case NpyArray.Floats floats -> (long) Float.BYTES * floats.values().length;
          case NpyArray.Doubles doubles -> (long) Double.BYTES * doubles.values().length;
        };
  }

  static void write(NpyArray array, OutputStream out) throws IOException {
    out.write(preambleAndHeader(array));
    switch (array) {
      case NpyArray.Floats floats -> writeFloats(floats.values(), out);
      case NpyArray.Doubles doubles -> writeDoubles(doubles.values(), out);
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

  private static void writeFloats(float[] values, OutputStream out) throws IOException {
    ByteBuffer chunk = chunk();
    int most = CHUNK_BYTES / Float.BYTES;
    for (int from = 0; from < values.length; from += most) {
      int count = Math.min(most, values.length - from);
      chunk.asFloatBuffer().put(values, from, count);
      out.write(chunk.array(), 0, count * Float.BYTES);
    }
  }

  private static void writeDoubles(double[] values, OutputStream out) throws IOException {
    ByteBuffer chunk = chunk();
    int most = CHUNK_BYTES / Double.BYTES;
    for (int from = 0; from < values.length; from += most) {
      int count = Math.min(most, values.length - from);
      chunk.asDoubleBuffer().put(values, from, count);
      out.write(chunk.array(), 0, count * Double.BYTES);
    }
  }

  /**
   * Reads an array and nothing behind it.
   *
   * @param where names the array in faults
   * @param in the bytes of the array
   * @param size how many bytes the entry claims to hold
   * @param trusted whether that many bytes are known to exist; if not, memory is claimed only as
   *     they arrive
   * @throws InputException if the bytes are no array of the kinds that {@link NpyArray} has
   */
  static NpyArray read(Where where, InputStream in, long size, boolean trusted) throws IOException {
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
    NpyHeader header = NpyHeader.parse(where, new String(text, StandardCharsets.ISO_8859_1));
    long dataBytes = size - PREAMBLE - length;
    if (header.dataBytes() != dataBytes) {
      throw where.fault(
          "shape",
          NpyHeader.shapeText(header.shape()),
          "expected " + header.dataBytes() + " bytes of values, but there are " + dataBytes);
    }
    int count = Math.toIntExact(header.count());
    int first = trusted ? count : Math.min(count, CHUNK_BYTES);
    return switch (header.type()) {
      case FLOAT32 ->
          new NpyArray.Floats(header.shape(), readFloats(where, in, new float[first], count));
      case FLOAT64 ->
          new NpyArray.Doubles(header.shape(), readDoubles(where, in, new double[first], count));
    };
  }

  private static float[] readFloats(Where where, InputStream in, float[] first, int count)
      throws IOException {
    float[] values = first;
    ByteBuffer chunk = chunk();
    int most = CHUNK_BYTES / Float.BYTES;
    for (int from = 0; from < count; from += most) {
      int here = Math.min(most, count - from);
      fill(where, in, chunk, here * Float.BYTES);
      if (from + here > values.length) {
        values = Arrays.copyOf(values, grown(values.length, count));
      }
      chunk.asFloatBuffer().get(values, from, here);
    }
    return values;
  }

  private static double[] readDoubles(Where where, InputStream in, double[] first, int count)
      throws IOException {
    double[] values = first;
    ByteBuffer chunk = chunk();
    int most = CHUNK_BYTES / Double.BYTES;
    for (int from = 0; from < count; from += most) {
      int here = Math.min(most, count - from);
      fill(where, in, chunk, here * Double.BYTES);
      if (from + here > values.length) {
        values = Arrays.copyOf(values, grown(values.length, count));
      }
      chunk.asDoubleBuffer().get(values, from, here);
    }
    return values;
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
