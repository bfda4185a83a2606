package dev.lockstep.gpu.driver;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import jcuda.driver.JCudaDriver;

/**
 * A kernel with its geometry and its arguments. It is made once and can be enqueued any number of
 * times. The arguments lie in one native block behind a table of their addresses. JCuda's own way,
 * one Pointer object per argument, makes a launch 10x slower.
 */
public final class Launch implements Work {
  private final Kernel kernel;
  private final String subject;
  private final Dim grid;
  private final Dim block;
  private final HostAddress arguments;

  /** The number of blocks of a grid or threads of a block in each dimension. */
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

  /** Collects the arguments, in the order of the kernel's parameters. */
  public static final class Builder {
    private static final int SLOT = Long.BYTES;

    private final Kernel kernel;
    private final String subject;
    private final List<Long> slots = new ArrayList<>();

    /**
     * Starts without arguments.
     *
     * @param subject the tensor that the kernel computes, for messages
     */
    public Builder(Kernel kernel, String subject) {
      this.kernel = kernel;
      this.subject = subject;
    }

    /** Adds a pointer to the beginning of a tensor. */
    public Builder pointer(DeviceMemory memory) {
      return integer(memory.address());
    }

    /** Adds a {@code long long}. */
    public Builder integer(long value) {
      slots.add(value);
      return this;
    }

    /** Adds an {@code int}. */
    public Builder integer(int value) {
      // Little-endian: the int is the lower half of the slot.
      slots.add(Integer.toUnsignedLong(value));
      return this;
    }

    /** Adds a {@code float}. */
    public Builder number(float value) {
      return integer(Float.floatToRawIntBits(value));
    }

    /**
     * Makes the launch.
     *
     * @param grid the number of blocks
     * @param block the number of threads of a block
     */
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
