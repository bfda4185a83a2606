package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.PageableMemory;
import dev.lockstep.gpu.driver.PinnedMemory;
import dev.lockstep.gpu.driver.Stream;
import dev.lockstep.model.Labelled;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/** The kinds of host memory that a transfer starts or ends in. */
public enum HostMemory implements Labelled {
  /** The device reads and writes it by itself. */
  PINNED {
    @Override
    Stream stream(DeviceSession session) {
      return session.stream;
    }

    @Override
    Place allocate(String tensor, long bytes) {
      PinnedMemory memory = PinnedMemory.allocate(tensor, bytes);
      return new Place() {
        @Override
        public MemorySegment segment() {
          return memory.segment();
        }

        @Override
        public void copyTo(DeviceMemory target, Stream stream) {
          stream.copyIn(memory, target, 0, bytes);
        }

        @Override
        public void copyFrom(DeviceMemory source, Stream stream) {
          stream.copyOut(source, 0, memory, bytes);
        }

        @Override
        public void close() {
          memory.close();
        }
      };
    }
  },

  /** Ordinary memory; the host waits in every copy. */
  PAGEABLE {
    @Override
    Stream stream(DeviceSession session) {
      return Stream.legacy();
    }

    @Override
    Place allocate(String tensor, long bytes) {
      PageableMemory memory = PageableMemory.allocate(bytes);
      return new Place() {
        @Override
        public MemorySegment segment() {
          return memory.segment();
        }

        @Override
        public void copyTo(DeviceMemory target, Stream stream) {
          target.copyIn(memory, bytes);
        }

        @Override
        public void copyFrom(DeviceMemory source, Stream stream) {
          source.copyOut(memory, bytes);
        }

        @Override
        public void close() {
          memory.close();
        }
      };
    }
  };

  /** Memory of the host, all of which is copied. */
  interface Place extends Closing.Resource {
    MemorySegment segment();

    void copyTo(DeviceMemory target, Stream stream);

    void copyFrom(DeviceMemory source, Stream stream);
  }

  /** The stream in which copies of this kind run. */
  abstract Stream stream(DeviceSession session);

  /** Allocates; the stream of every copy is {@link #stream}. */
  abstract Place allocate(String tensor, long bytes);

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
