package dev.lockstep.gpu.driver;

import java.lang.foreign.MemorySegment;
import jcuda.Pointer;

/**
 * A pointer to native memory of the host. JCuda's own pointers to arrays pin them and copy nothing
 * back, so none is used.
 */
final class HostAddress extends Pointer {
  // Keeps the memory alive.
  private final MemorySegment memory;

  /** To be set by JCuda. */
  HostAddress() {
    memory = MemorySegment.NULL;
  }

  HostAddress(MemorySegment memory) {
    super(memory.address());
    this.memory = memory;
  }

  /** The memory that JCuda or this object's maker put here. */
  MemorySegment segment(long bytes) {
    return memory.equals(MemorySegment.NULL)
        ? MemorySegment.ofAddress(getNativePointer()).reinterpret(bytes)
        : memory;
  }
}
