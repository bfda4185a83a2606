package dev.lockstep.gpu.driver;

import java.lang.foreign.MemorySegment;
import jcuda.Pointer;

/**
 * A pointer to native host memory. JCuda's own pointers to Java arrays are not used: they pin the
 * arrays and copy nothing back.
 */
final class HostAddress extends Pointer {
  // Held so that the memory stays allocated.
  private final MemorySegment memory;

  /** A pointer that JCuda will set. */
  HostAddress() {
    memory = MemorySegment.NULL;
  }

  HostAddress(MemorySegment memory) {
    super(memory.address());
    this.memory = memory;
  }

  /** The memory that this points to, of which JCuda does not tell the size. */
  MemorySegment segment(long bytes) {
    return memory.equals(MemorySegment.NULL)
        ? MemorySegment.ofAddress(getNativePointer()).reinterpret(bytes)
        : memory;
  }
}
