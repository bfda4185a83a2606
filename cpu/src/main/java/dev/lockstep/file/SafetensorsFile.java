package dev.lockstep.file;

import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A .safetensors file. It consists of the length of the header (64 bits, little-endian), the header
 * (a JSON object), and the values of all tensors (little-endian, row-major, without gaps). (Source:
 * "Safetensors", github.com/huggingface/safetensors. Written here because no maintained Java
 * library reads it.)
 *
 * <p>Values of {@code F32}, {@code F64}, {@code F16} and {@code BF16} are read. No memory is taken
 * for values that are not in the file.
 */
public final class SafetensorsFile implements TensorFile {

  /** The size of the header's length, which precedes the header. */
  private static final int LENGTH_BYTES = Long.BYTES;

  /**
   * Heap bytes per byte of the header after parsing; a tensor's entry is at least 50 bytes long.
   */
  private static final long PARSED = 16;

  private static final int CHUNK_BYTES = 1 << 16;

  private final Path file;
  private final FileChannel channel;
  private final long valuesAt;
  private final Map<String, SafetensorsHeader.Tensor> tensors;

  private SafetensorsFile(
      Path file,
      FileChannel channel,
      long valuesAt,
      Map<String, SafetensorsHeader.Tensor> tensors) {
    this.file = file;
    this.channel = channel;
    this.valuesAt = valuesAt;
    this.tensors = tensors;
  }

  /** Whether the first bytes of a file are those of this format: its header is a JSON object. */
  public static boolean starts(byte[] start) {
    return start.length > LENGTH_BYTES && start[LENGTH_BYTES] == '{';
  }

  private static long headerLength(byte[] start) {
    return ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  /**
   * Opens a file and reads its header.
   *
   * @throws InputException if the file cannot be read or its header is malformed
   */
  @SuppressWarnings("MustBeClosedChecker") // closed with the file
  public static SafetensorsFile open(Path file) {
    try {
      FileChannel channel = ForeignFile.channel(file);
      try {
        return open(file, channel);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
  }

  private static SafetensorsFile open(Path file, FileChannel channel) throws IOException {
    String source = file.toString();
    long size = channel.size();
    if (size < LENGTH_BYTES) {
      throw new InputException(
          source, "file length", size, "expected the length of a header in 8 bytes");
    }
    long length = headerLength(bytes(channel, 0, LENGTH_BYTES));
    if (length < 0 || length > Limits.SAFETENSORS_HEADER.value()) {
      throw new InputException(
          source,
          "header length",
          Long.toUnsignedString(length),
          Limits.SAFETENSORS_HEADER.expected());
    }
    long valuesAt = LENGTH_BYTES + length;
    if (valuesAt > size) {
      throw new InputException(
          source, "header length", length, "but only " + (size - LENGTH_BYTES) + " bytes follow");
    }
    HeapLimit.require(PARSED * length, source, "header length", length);
    byte[] header = bytes(channel, LENGTH_BYTES, (int) length);
    return new SafetensorsFile(
        file, channel, valuesAt, SafetensorsHeader.parse(source, header, size - valuesAt));
  }

  private static byte[] bytes(FileChannel channel, long at, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    read(channel, at, bytes);
    return bytes.array();
  }

  /** Fills the buffer with the bytes from {@code at} on. */
  private static void read(FileChannel channel, long at, ByteBuffer target) throws IOException {
    long position = at;
    while (target.hasRemaining()) {
      int got = channel.read(target, position);
      if (got < 0) {
        throw new EOFException("it became shorter while it was read");
      }
      position += got;
    }
  }

  @Override
  public List<Entry> entries() {
    return tensors.values().stream().map(SafetensorsHeader.Tensor::entry).toList();
  }

  @Override
  public Matrix read(Entry entry) {
    SafetensorsHeader.Tensor tensor = tensors.get(entry.name());
    if (tensor == null || tensor.type().isEmpty() || entry.shape().isEmpty()) {
      throw new IllegalArgumentException("no tensor that is read: " + entry);
    }
    SafetensorsHeader.Type type = tensor.type().get();
    int count = Math.toIntExact((tensor.end() - tensor.begin()) / type.bytes());
    int rows = Math.toIntExact(entry.shape().getFirst());
    int columns = count / Math.max(1, rows);
    try {
      if (type == SafetensorsHeader.Type.F64) {
        double[] values = new double[count];
        chunks(tensor, type, (chunk, from, n) -> chunk.asDoubleBuffer().get(values, from, n));
        return new DoubleMatrix(rows, columns, values);
      }
      float[] values = new float[count];
      chunks(tensor, type, sink(type, values));
      return new FloatMatrix(rows, columns, values);
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
  }

  /** Takes {@code count} values from the start of a chunk, of which the first has index from. */
  @FunctionalInterface
  private interface Sink {
    void take(ByteBuffer chunk, int from, int count);
  }

  private static Sink sink(SafetensorsHeader.Type type, float[] values) {
    return switch (type) {
      case F32 -> (chunk, from, count) -> chunk.asFloatBuffer().get(values, from, count);
      case F16 ->
          (chunk, from, count) -> {
            for (int i = 0; i < count; i++) {
              values[from + i] = Float.float16ToFloat(chunk.getShort(i * Short.BYTES));
            }
          };
      case BF16 ->
          (chunk, from, count) -> {
            for (int i = 0; i < count; i++) {
              // The upper half of a binary32.
              values[from + i] = Float.intBitsToFloat(chunk.getShort(i * Short.BYTES) << 16);
            }
          };
      case F64 -> throw new IllegalArgumentException("binary64 does not fit binary32");
    };
  }

  private void chunks(SafetensorsHeader.Tensor tensor, SafetensorsHeader.Type type, Sink sink)
      throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long at = tensor.begin(); at < tensor.end(); at += CHUNK_BYTES) {
      chunk.clear().limit((int) Math.min(CHUNK_BYTES, tensor.end() - at));
      read(channel, valuesAt + at, chunk);
      int from = Math.toIntExact((at - tensor.begin()) / type.bytes());
      int count = chunk.flip().remaining() / type.bytes();
      sink.take(chunk, from, count);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    }
  }
}
