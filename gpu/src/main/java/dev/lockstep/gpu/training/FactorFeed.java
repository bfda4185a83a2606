package dev.lockstep.gpu.training;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.kernel.Kernels.StepFactors;
import dev.lockstep.model.Optimizer;
import dev.lockstep.model.Updates;
import java.lang.foreign.MemorySegment;

/**
 * A table of the update factors that depend on the step: rate factor and correction. It holds a run
 * of consecutive steps; a recorded step finds its factors by its number.
 */
final class FactorFeed implements Closing.Resource {
  private static final int SLOTS = 1024;
  private static final int NUMBERS = 2;

  /** Bytes of device memory for the table. */
  static final long BYTES = (long) SLOTS * NUMBERS * Float.BYTES;

  private final Updates updates;
  private final StreamedTable table;

  private FactorFeed(DeviceSession session, Optimizer optimizer) {
    updates = new Updates(optimizer);
    table = StreamedTable.open(session, "factors of the steps", BYTES, SLOTS, this::write);
  }

  /** Allocates the table. */
  static FactorFeed open(DeviceSession session, Optimizer optimizer) {
    return new FactorFeed(session, optimizer);
  }

  /** Returns the table for the kernels. */
  StepFactors factors() {
    return new StepFactors(table.memory(), SLOTS);
  }

  /** Enqueues the factors of a step ahead of it, unless the table holds them. */
  void prepare(long step) {
    table.prepare(step);
  }

  private void write(long first, MemorySegment segment) {
    for (int i = 0; i < SLOTS; i++) {
      segment.setAtIndex(JAVA_FLOAT, (long) NUMBERS * i, updates.rateFactor(first + i));
      segment.setAtIndex(JAVA_FLOAT, (long) NUMBERS * i + 1, updates.correction(first + i));
    }
  }

  @Override
  public void close() {
    table.close();
  }
}
