package dev.lockstep.gpu.driver;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.JCudaDriver;

/**
 * A kernel with its geometry and its arguments, made once and put into a stream any number of
 * times. The arguments lie in one native block, a table of their addresses in front: JCuda's own
 * way, an object for each, makes a launch ten times as dear.
 */
public final class Launch implements Work {
  private final Kernel kernel;
  private final String subject;
  private final Dim grid;
  private final Dim block;
  private final HostAddress arguments;

  /** Blocks of a grid, or threads of a block. */
  public record Dim(int x, int y, int z) {
    /** One dimension. */
    public static Dim of(int x) {
      return new Dim(x, 1, 1);
    }
  }

  private Launch(Kernel kernel, String subject, Dim grid, Dim block, MemorySegment memory) {
    this.kernel = kernel;
    this.subject = subject;
    this.grid = grid;
    this.block = block;
    arguments = new HostAddress(memory);
  }

  @Override
  public void into(Stream stream) {
    Status.driver(
        JCudaDriver.cuLaunchKernel(
            kernel.function(),
            grid.x(),
            grid.y(),
            grid.z(),
            block.x(),
            block.y(),
            block.z(),
            0,
            stream.handle(),
            arguments,
            null),
        "launch of " + kernel.name(),
        subject);
  }

  /** Collects the arguments in the order of the kernel's parameters. */
  public static final class Builder {
    private static final int SLOT = Long.BYTES;

    private final Kernel kernel;
    private final String subject;
    private final List<Long> slots = new ArrayList<>();

    /**
     * Starts with none.
     *
     * @param subject the tensor it computes, for messages
     */
    public Builder(Kernel kernel, String subject) {
      this.kernel = kernel;
      this.subject = subject;
    }

    /** A pointer. */
    public Builder pointer(DeviceMemory memory) {
      return integer(memory.address());
    }

    /** A pointer into the middle of a tensor. */
    public Builder pointer(DeviceMemory memory, long byteOffset) {
      return integer(memory.at(byteOffset).value());
    }

    /** A {@code long long}. */
    public Builder integer(long value) {
      slots.add(value);
      return this;
    }

    /** An {@code int}. */
    public Builder integer(int value) {
      // Little-endian: the int is the lower half of the slot.
      slots.add(Integer.toUnsignedLong(value));
      return this;
    }

    /** A {@code float}. */
    public Builder number(float value) {
      return integer(Float.floatToRawIntBits(value));
    }

    /** The launch, with blocks of that many threads. */
    public Launch over(Dim grid, Dim block) {
      int count = slots.size();
      MemorySegment memory = Arena.ofAuto().allocate(2L * SLOT * Math.max(1, count), SLOT);
      for (int i = 0; i < count; i++) {
        memory.setAtIndex(JAVA_LONG, i, memory.address() + (long) (count + i) * SLOT);
        memory.setAtIndex(JAVA_LONG, count + i, slots.get(i));
      }
      return new Launch(kernel, subject, grid, block, memory);
    }
  }
}
