package dev.lockstep.file;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The bytes of a .safetensors file, put together by hand from the published format. */
public final class SafetensorsBytes {

  private SafetensorsBytes() {}

  /** A file: the length of the header in 64 bits, the header, the values. */
  public static byte[] file(String header, byte[] values) {
    return file(header.getBytes(StandardCharsets.UTF_8).length, header, values);
  }

  /** The same with any length of the header. */
  public static byte[] file(long length, String header, byte[] values) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return little(Long.BYTES + text.length + values.length)
        .putLong(length)
        .put(text)
        .put(values)
        .array();
  }

  /** A tensor's entry in the header. */
  public static String entry(String name, String type, String shape, long begin, long end) {
    return String.format(
        Locale.ROOT,
        "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}",
        name,
        type,
        shape,
        begin,
        end);
  }

  /** Values of F32. */
  public static byte[] floats(float... values) {
    ByteBuffer bytes = little(values.length * Float.BYTES);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  /** A file of one tensor of F32. */
  public static byte[] file(String name, String shape, float... values) {
    byte[] bytes = floats(values);
    return file("{" + entry(name, "F32", shape, 0, bytes.length) + "}", bytes);
  }

  static ByteBuffer little(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }
}
