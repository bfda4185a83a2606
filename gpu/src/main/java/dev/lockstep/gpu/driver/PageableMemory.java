package dev.lockstep.gpu.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jcuda.Pointer;

/**
 * Ordinary memory of the host: the driver copies from or to it through pinned memory of its own,
 * and the host waits meanwhile.
 */
public final class PageableMemory implements Closing.Resource {
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment segment;
  private final HostAddress address;
  private boolean closed;

  private PageableMemory(long bytes) {
    segment = arena.allocate(Math.max(1, bytes));
    address = new HostAddress(segment);
  }

  /** Allocates zeros, all of which the host has touched. For the calling thread. */
  public static PageableMemory allocate(long bytes) {
    return new PageableMemory(bytes);
  }

  /** The memory; not to be used after {@link #close}. */
  public MemorySegment segment() {
    return segment;
  }

  /** Its address, for JCuda. */
  Pointer pointer() {
    return address;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      arena.close();
    }
  }
}
