package dev.lockstep.gpu.driver;

import java.lang.foreign.MemorySegment;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;

/**
 * Page-locked host memory, which the device reads and writes directly. Only such memory can be
 * copied asynchronously; it must not change before the copy has run.
 */
public final class PinnedMemory extends Owned {
  private final Pointer pointer;
  private final String tensor;
  private final MemorySegment segment;

  private PinnedMemory(Pointer pointer, String tensor, MemorySegment segment) {
    this.pointer = pointer;
    this.tensor = tensor;
    this.segment = segment;
  }

  /**
   * Allocates page-locked memory.
   *
   * @param tensor the name of its contents, for messages
   */
  public static PinnedMemory allocate(String tensor, long bytes) {
    HostAddress pointer = new HostAddress();
    Status.driver(
        JCudaDriver.cuMemHostAlloc(pointer, Math.max(1, bytes), 0), "pinned allocation", tensor);
    return new PinnedMemory(pointer, tensor, pointer.segment(bytes));
  }

  /** The memory, in native byte order, which must not be used after {@link #close}. */
  public MemorySegment segment() {
    return segment;
  }

  /** The address of the byte at an offset, for JCuda. */
  Pointer pointer(long offset) {
    return pointer.withByteOffset(offset);
  }

  @Override
  void release() {
    Status.driver(JCudaDriver.cuMemFreeHost(pointer), "release of pinned memory", tensor);
  }
}
