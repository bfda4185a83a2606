package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.PageableMemory;
import dev.lockstep.gpu.driver.PinnedMemory;
import dev.lockstep.gpu.driver.Stream;
import dev.lockstep.input.Labelled;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/** The kinds of host memory that a transfer starts or ends in. */
public enum HostMemory implements Labelled {
  /** The device reads and writes it by itself. */
  PINNED,
  /** Ordinary memory; the host waits in every copy. */
  PAGEABLE;

  /** The stream in which copies of this kind run. */
  Stream stream(DeviceSession session) {
    return switch (this) {
      case PINNED -> session.stream;
      case PAGEABLE -> Stream.legacy();
    };
  }

  /** Allocates memory that is to be copied whole, in {@link #stream}. */
  Place allocate(String tensor, long bytes, Stream stream) {
    return switch (this) {
      case PINNED -> new PinnedPlace(PinnedMemory.allocate(tensor, bytes), bytes, stream);
      case PAGEABLE -> new PageablePlace(PageableMemory.allocate(bytes), bytes);
    };
  }

  /** Memory of the host, all of which is copied. */
  interface Place extends Closing.Resource {
    MemorySegment segment();

    void copyTo(DeviceMemory target);

    void copyFrom(DeviceMemory source);
  }

  private record PinnedPlace(PinnedMemory memory, long bytes, Stream stream) implements Place {
    @Override
    public MemorySegment segment() {
      return memory.segment();
    }

    @Override
    public void copyTo(DeviceMemory target) {
      stream.copyIn(memory, target, 0, bytes);
    }

    @Override
    public void copyFrom(DeviceMemory source) {
      stream.copyOut(source, 0, memory, bytes);
    }

    @Override
    public void close() {
      memory.close();
    }
  }

  private record PageablePlace(PageableMemory memory, long bytes) implements Place {
    @Override
    public MemorySegment segment() {
      return memory.segment();
    }

    @Override
    public void copyTo(DeviceMemory target) {
      target.copyIn(memory, bytes);
    }

    @Override
    public void copyFrom(DeviceMemory source) {
      source.copyOut(memory, bytes);
    }

    @Override
    public void close() {
      memory.close();
    }
  }

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
