package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.PinnedMemory;
import dev.lockstep.gpu.driver.Stream;
import dev.lockstep.model.FloatMatrix;
import dev.lockstep.model.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Copies between Java arrays and the device, through pinned memory piece by piece; each call waits
 * for its copy.
 */
final class Staging implements Closing.Resource {
  /** A piece; larger ones are no faster. */
  private static final int ELEMENTS = 1 << 21;

  private final Stream stream;
  private final PinnedMemory pinned;

  private Staging(Stream stream, PinnedMemory pinned) {
    this.stream = stream;
    this.pinned = pinned;
  }

  /** On one stream, which stays its owner's. */
  static Staging open(Stream stream) {
    return new Staging(
        stream, PinnedMemory.allocate("pieces on their way", (long) ELEMENTS * Integer.BYTES));
  }

  /** To the device, rounded to binary32. */
  void upload(Matrix matrix, DeviceMemory target) {
    upload(narrowed(matrix), target);
  }

  private static float[] narrowed(Matrix matrix) {
    if (matrix instanceof FloatMatrix(int _, int _, float[] data)) {
      return data;
    }
    float[] data = new float[matrix.size()];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) matrix.value(i);
    }
    return data;
  }

  /** To the device. */
  void upload(float[] source, DeviceMemory target) {
    upload(source, target, 0);
  }

  /** To a part of a tensor, from an element on. */
  void upload(float[] source, DeviceMemory target, long offset) {
    for (int from = 0; from < source.length; from += ELEMENTS) {
      int count = Math.min(ELEMENTS, source.length - from);
      MemorySegment.copy(source, from, pinned.segment(), ValueLayout.JAVA_FLOAT, 0, count);
      copyIn(target, offset + from, count);
    }
  }

  /** To the device. */
  void upload(int[] source, DeviceMemory target) {
    for (int from = 0; from < source.length; from += ELEMENTS) {
      int count = Math.min(ELEMENTS, source.length - from);
      MemorySegment.copy(source, from, pinned.segment(), ValueLayout.JAVA_INT, 0, count);
      copyIn(target, from, count);
    }
  }

  private void copyIn(DeviceMemory target, long from, int count) {
    long bytes = (long) count * Integer.BYTES;
    stream.copyIn(pinned, target, from * Integer.BYTES, bytes);
    stream.synchronize();
  }

  /** From the device. */
  FloatMatrix download(DeviceMemory source, int rows, int columns) {
    FloatMatrix matrix = new FloatMatrix(rows, columns);
    download(source, 0, matrix.data(), 0, matrix.size());
    return matrix;
  }

  /** Part of a tensor from the device, both offsets in elements. */
  void download(DeviceMemory source, long sourceOffset, float[] target, int offset, int length) {
    for (int from = 0; from < length; from += ELEMENTS) {
      int count = Math.min(ELEMENTS, length - from);
      copyOut(source, (sourceOffset + from) * Float.BYTES, (long) count * Float.BYTES);
      MemorySegment.copy(pinned.segment(), ValueLayout.JAVA_FLOAT, 0, target, offset + from, count);
    }
  }

  /** From the device: as many as the array holds. */
  void download(DeviceMemory source, int[] target) {
    for (int from = 0; from < target.length; from += ELEMENTS) {
      int count = Math.min(ELEMENTS, target.length - from);
      copyOut(source, (long) from * Integer.BYTES, (long) count * Integer.BYTES);
      MemorySegment.copy(pinned.segment(), ValueLayout.JAVA_INT, 0, target, from, count);
    }
  }

  /** From the device: as many as the array holds. */
  void download(DeviceMemory source, long[] target) {
    int piece = ELEMENTS * Integer.BYTES / Long.BYTES;
    for (int from = 0; from < target.length; from += piece) {
      int count = Math.min(piece, target.length - from);
      copyOut(source, (long) from * Long.BYTES, (long) count * Long.BYTES);
      MemorySegment.copy(pinned.segment(), ValueLayout.JAVA_LONG, 0, target, from, count);
    }
  }

  private void copyOut(DeviceMemory source, long offset, long bytes) {
    stream.copyOut(source, offset, pinned, bytes);
    stream.synchronize();
  }

  @Override
  public void close() {
    pinned.close();
  }
}
