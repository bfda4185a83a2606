package dev.lockstep.gpu.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jcuda.Pointer;

/**
 * Ordinary host memory. The driver copies it through pinned memory of its own, and the host waits
 * for the copy.
 */
public final class PageableMemory extends Owned {
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment segment;
  private final HostAddress address;

  private PageableMemory(long bytes) {
    segment = arena.allocate(Math.max(1, bytes));
    address = new HostAddress(segment);
  }

  /**
   * Allocates zeros; the host has touched every page. Only the calling thread may use the memory.
   */
  public static PageableMemory allocate(long bytes) {
    return new PageableMemory(bytes);
  }

  /** The memory, which must not be used after {@link #close}. */
  public MemorySegment segment() {
    return segment;
  }

  /** The address, for JCuda. */
  Pointer pointer() {
    return address;
  }

  @Override
  void release() {
    arena.close();
  }
}
