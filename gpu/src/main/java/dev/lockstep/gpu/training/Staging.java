package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.PinnedMemory;
import dev.lockstep.gpu.driver.Stream;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.DrawnMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.Region;
import dev.lockstep.program.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Copies between Java arrays and the device, in pieces through pinned memory. Each call waits for
 * its copy.
 */
final class Staging implements Closing.Resource {
  /** Elements of a piece; larger pieces are no faster. */
  private static final int ELEMENTS = 1 << 21;

  private static final long BYTES = (long) ELEMENTS * Float.BYTES;

  private final Stream stream;
  private final PinnedMemory pinned;

  private Staging(Stream stream, PinnedMemory pinned) {
    this.stream = stream;
    this.pinned = pinned;
  }

  /** Opens it on a stream, which the caller keeps. */
  static Staging open(Stream stream) {
    return new Staging(stream, PinnedMemory.allocate("pieces on their way", BYTES));
  }

  /** Copies a matrix to a tensor, rounded to binary32. */
  void upload(Matrix matrix, DeviceMemory target) {
    switch (matrix) {
      case FloatMatrix(int _, int _, float[] data) -> upload(data, target);
      case DoubleMatrix wide -> upload(wide, target);
      case DrawnMatrix drawn -> upload(drawn, target);
    }
  }

  private void upload(DoubleMatrix matrix, DeviceMemory target) {
    float[] data = new float[matrix.size()];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) matrix.value(i);
    }
    upload(data, target);
  }

  /**
   * Draws as many rows at a time as a piece holds, so that the whole matrix never exists on the
   * host.
   */
  private void upload(DrawnMatrix matrix, DeviceMemory target) {
    int columns = matrix.columns();
    float[] row = new float[columns];
    int rows = Math.max(1, ELEMENTS / Math.max(1, columns));
    for (int first = 0; first < matrix.rows(); first += rows) {
      int count = Math.min(rows, matrix.rows() - first);
      if (columns > ELEMENTS) {
        matrix.row(first, row);
        upload(row, target, (long) first * columns);
      } else {
        for (int i = 0; i < count; i++) {
          matrix.row(first + i, row);
          MemorySegment.copy(
              row,
              0,
              pinned.segment(),
              ValueLayout.JAVA_FLOAT,
              (long) i * columns * Float.BYTES,
              columns);
        }
        copyIn(target, (long) first * columns * Float.BYTES, (long) count * columns * Float.BYTES);
      }
    }
  }

  /** Copies an array to the start of a tensor. */
  void upload(float[] source, DeviceMemory target) {
    upload(source, target, 0);
  }

  /**
   * Copies an array into a tensor.
   *
   * @param offset start in the tensor, in elements
   */
  void upload(float[] source, DeviceMemory target, long offset) {
    upload(MemorySegment.ofArray(source), target, offset * Float.BYTES);
  }

  /** Copies an array to the start of a tensor. */
  void upload(int[] source, DeviceMemory target) {
    upload(MemorySegment.ofArray(source), target, 0);
  }

  private void upload(MemorySegment source, DeviceMemory target, long offset) {
    for (long from = 0; from < source.byteSize(); from += BYTES) {
      long bytes = Math.min(BYTES, source.byteSize() - from);
      MemorySegment.copy(source, from, pinned.segment(), 0, bytes);
      copyIn(target, offset + from, bytes);
    }
  }

  private void copyIn(DeviceMemory target, long offset, long bytes) {
    stream.copyIn(pinned, target, offset, bytes);
    stream.synchronize();
  }

  /** Copies a whole tensor from the device. */
  FloatMatrix download(DeviceMemory source, int rows, int columns) {
    FloatMatrix matrix = new FloatMatrix(rows, columns);
    download(source, 0, matrix.data(), 0, matrix.size());
    return matrix;
  }

  /**
   * Copies a rectangle of a row-major tensor from the device, row by row, and waits once per piece.
   *
   * @param offset start of the rectangle in the tensor, in elements
   * @param stride distance between rows of the tensor, in elements
   */
  void download(DeviceMemory source, long offset, int stride, FloatMatrix target) {
    int columns = target.columns();
    if (columns > ELEMENTS) {
      for (int i = 0; i < target.rows(); i++) {
        download(source, offset + (long) i * stride, target.data(), i * columns, columns);
      }
      return;
    }
    int rows = ELEMENTS / Math.max(1, columns);
    long bytes = (long) columns * Float.BYTES;
    for (int first = 0; first < target.rows(); first += rows) {
      int count = Math.min(rows, target.rows() - first);
      for (int i = 0; i < count; i++) {
        long from = (offset + (long) (first + i) * stride) * Float.BYTES;
        stream.copyOut(source, from, pinned, i * bytes, bytes);
      }
      stream.synchronize();
      MemorySegment.copy(
          pinned.segment(),
          ValueLayout.JAVA_FLOAT,
          0,
          target.data(),
          first * columns,
          count * columns);
    }
  }

  /** Returns a copy of a region of a tensor. */
  FloatMatrix part(DeviceMemory source, Tensor tensor, Region region) {
    FloatMatrix part = new FloatMatrix(region.rows(), region.columns());
    int columns = tensor.columns().size();
    download(source, (long) region.row() * columns + region.column(), columns, part);
    return part;
  }

  /** Copies part of a tensor into part of an array; offsets and length are in elements. */
  void download(DeviceMemory source, long sourceOffset, float[] target, int offset, int length) {
    MemorySegment part =
        MemorySegment.ofArray(target)
            .asSlice((long) offset * Float.BYTES, (long) length * Float.BYTES);
    download(source, sourceOffset * Float.BYTES, part);
  }

  /** Fills an array from the start of a tensor. */
  void download(DeviceMemory source, int[] target) {
    download(source, 0, MemorySegment.ofArray(target));
  }

  /** Fills an array from the start of a tensor. */
  void download(DeviceMemory source, long[] target) {
    download(source, 0, MemorySegment.ofArray(target));
  }

  private void download(DeviceMemory source, long offset, MemorySegment target) {
    for (long from = 0; from < target.byteSize(); from += BYTES) {
      long bytes = Math.min(BYTES, target.byteSize() - from);
      stream.copyOut(source, offset + from, pinned, bytes);
      stream.synchronize();
      MemorySegment.copy(pinned.segment(), 0, target, from, bytes);
    }
  }

  @Override
  public void close() {
    pinned.close();
  }
}
