package dev.lockstep.gpu.training;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.gpu.kernel.Kernels.StepNoise;
import dev.lockstep.model.Network;
import dev.lockstep.model.UnitNoise;
import dev.lockstep.scenario.Workload;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The noise of hidden units, drawn on the host, a run of steps at a time, and the biases with that
 * of the step. A recorded step reads it by its number.
 */
final class NoiseFeed implements Closing.Resource {
  private static final int MOST_SLOTS = 1024;
  private static final int MOST_NUMBERS = 1 << 20;

  private final DeviceSession session;
  private final Network network;
  private final UnitNoise noise;
  private final int units;
  private final int slots;
  private final StreamedTable table;
  private final List<DeviceMemory> shifted = new ArrayList<>();
  private final Closing owned = new Closing();
  private long run = -1;

  private NoiseFeed(DeviceSession session, Workload workload) {
    this.session = session;
    network = workload.network();
    noise = workload.noise();
    units = units(network);
    slots = slots(units);
    table =
        owned.allocate(
            () -> StreamedTable.open(session, "noise of the steps", tableBytes(network)));
    for (int h = 0; h < network.depth(); h++) {
      String tensor = "biases with noise of layer " + (h + 1);
      int size = network.out(h);
      shifted.add(owned.allocate(() -> session.allocate(tensor, size)));
    }
  }

  /** Allocates it. */
  static NoiseFeed open(DeviceSession session, Workload workload) {
    return new NoiseFeed(session, workload);
  }

  /** Bytes of the device that it takes. */
  static long bytes(Network network) {
    return tableBytes(network) + (long) units(network) * Float.BYTES;
  }

  private static long tableBytes(Network network) {
    int units = units(network);
    return Math.max(1, (long) slots(units) * units) * Float.BYTES;
  }

  private static int units(Network network) {
    return Math.toIntExact(network.activationCount() - network.outputs());
  }

  private static int slots(int units) {
    return Math.clamp(MOST_NUMBERS / Math.max(1, units), 1, MOST_SLOTS);
  }

  /** Sees to it that the noise of a step lies before it in the stream. */
  void prepare(long step) {
    long due = step / slots;
    if (due != run) {
      table.send(segment -> write(due * slots, segment));
      run = due;
    }
  }

  private void write(long first, MemorySegment segment) {
    long at = 0;
    for (int slot = 0; slot < slots; slot++) {
      for (int h = 0; h < network.depth(); h++) {
        float[] drawn = noise.draw(first + slot, h, network.out(h));
        MemorySegment.copy(drawn, 0, segment, JAVA_FLOAT, at, drawn.length);
        at += (long) drawn.length * Float.BYTES;
      }
    }
  }

  /** Adds the step's noise to the biases of every hidden layer. */
  List<Work> shift(ParameterMemory parameters, StepState state) {
    StepNoise steps = new StepNoise(table.memory(), slots, units);
    List<Work> works = new ArrayList<>();
    int from = 0;
    for (int h = 0; h < network.depth(); h++) {
      works.add(
          session.kernels.shiftBias(
              shifted.get(h), parameters.biases(h), steps, network.out(h), from, state.memory()));
      from += network.out(h);
    }
    return works;
  }

  /** What a step adds to a layer's products. */
  DeviceMemory biases(ParameterMemory parameters, int layer) {
    return layer < shifted.size() ? shifted.get(layer) : parameters.biases(layer);
  }

  @Override
  public void close() {
    owned.close();
  }
}
