package dev.lockstep.gpu.training;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.gpu.kernel.Kernels;
import dev.lockstep.gpu.kernel.Kernels.StepNoise;
import dev.lockstep.model.UnitNoise;
import dev.lockstep.program.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A table of the noise of hidden units, drawn on the host. It holds a run of consecutive steps; a
 * recorded step finds its noise by its number.
 */
final class NoiseFeed implements Closing.Resource {
  private static final int MOST_SLOTS = 1024;
  private static final int MOST_NUMBERS = 1 << 20;

  private final Kernels kernels;
  private final UnitNoise noise;
  private final List<Tensor> tensors;
  private final int units;
  private final int slots;
  private final StreamedTable table;

  private NoiseFeed(DeviceSession session, UnitNoise noise, List<Tensor> tensors) {
    kernels = session.kernels;
    this.noise = noise;
    this.tensors = List.copyOf(tensors);
    units = units(tensors);
    slots = slots(units);
    table = StreamedTable.open(session, "noise of the steps", bytes(tensors), slots, this::write);
  }

  /**
   * Allocates the table.
   *
   * @param tensors the noise of each hidden layer, 1 x N
   */
  static NoiseFeed open(DeviceSession session, UnitNoise noise, List<Tensor> tensors) {
    return new NoiseFeed(session, noise, tensors);
  }

  /** Returns the bytes of device memory for the table. */
  static long bytes(List<Tensor> tensors) {
    int units = units(tensors);
    return (long) slots(units) * units * Float.BYTES;
  }

  private static int units(List<Tensor> tensors) {
    return Math.toIntExact(tensors.stream().mapToLong(Tensor::count).sum());
  }

  private static int slots(int units) {
    return Math.clamp(MOST_NUMBERS / Math.max(1, units), 1, MOST_SLOTS);
  }

  /** Enqueues the noise of a step ahead of it, unless the table holds it. */
  void prepare(long step) {
    table.prepare(step);
  }

  private void write(long first, MemorySegment segment) {
    long at = 0;
    for (int slot = 0; slot < slots; slot++) {
      for (int h = 0; h < tensors.size(); h++) {
        float[] drawn = noise.draw(first + slot, h, tensors.get(h).size());
        MemorySegment.copy(drawn, 0, segment, JAVA_FLOAT, at, drawn.length);
        at += (long) drawn.length * Float.BYTES;
      }
    }
  }

  /**
   * Makes the work shifted = bias + noise of the current step.
   *
   * @param tensor the noise of the layer
   * @param state holds the number of the step
   */
  Work shift(DeviceMemory bias, Tensor tensor, DeviceMemory shifted, StepState state) {
    StepNoise steps = new StepNoise(table.memory(), slots, units);
    int from = units(tensors.subList(0, tensors.indexOf(tensor)));
    return kernels.shiftBias(shifted, bias, steps, tensor.size(), from, state.memory());
  }

  @Override
  public void close() {
    table.close();
  }
}
