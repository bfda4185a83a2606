package dev.lockstep.gpu.driver;

import java.lang.foreign.MemorySegment;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;

/**
 * Memory of the host that the device reads and writes by itself. Only such memory can be copied
 * while the host goes on, and it must not change before the stream has come that far.
 */
public final class PinnedMemory implements Closing.Resource {
  private final Pointer pointer;
  private final String tensor;
  private final MemorySegment segment;
  private boolean closed;

  private PinnedMemory(Pointer pointer, String tensor, MemorySegment segment) {
    this.pointer = pointer;
    this.tensor = tensor;
    this.segment = segment;
  }

  /**
   * Allocates.
   *
   * @param tensor what it will hold, for messages
   */
  public static PinnedMemory allocate(String tensor, long bytes) {
    HostAddress pointer = new HostAddress();
    Status.driver(
        JCudaDriver.cuMemHostAlloc(pointer, Math.max(1, bytes), 0), "pinned allocation", tensor);
    return new PinnedMemory(pointer, tensor, pointer.segment(bytes));
  }

  /** The memory, native byte order; not to be used after {@link #close}. */
  public MemorySegment segment() {
    return segment;
  }

  /** The address of a part of it, for JCuda. */
  Pointer pointer(long offset) {
    return pointer.withByteOffset(offset);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Status.driver(JCudaDriver.cuMemFreeHost(pointer), "release of pinned memory", tensor);
    }
  }
}
