package dev.lockstep.gpu.training;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.PinnedMemory;
import dev.lockstep.gpu.driver.Stream;

/**
 * A ring buffer of the row losses of the last steps. Step s uses slot s mod {@link #slots}, so the
 * host need not fetch losses after every step.
 */
final class LossRing implements Closing.Resource {
  /** Limit on the ring, in bytes. A larger ring saves no measurable time. */
  private static final int MOST_BYTES = 1 << 20;

  private static final int MOST_SLOTS = 256;

  private final Stream stream;
  private final int batch;
  private final int slots;
  private final DeviceMemory memory;
  private final PinnedMemory pinned;
  private final Closing owned = new Closing();

  private LossRing(DeviceSession session, int batch) {
    stream = session.stream;
    this.batch = batch;
    slots = slots(batch);
    long elements = (long) slots * batch;
    memory = owned.allocate(() -> session.allocate("losses of rows", elements));
    pinned = owned.allocate(() -> PinnedMemory.allocate("losses of rows", elements * Float.BYTES));
  }

  /** Allocates the ring. */
  static LossRing open(DeviceSession session, int batch) {
    return new LossRing(session, batch);
  }

  /** Returns the bytes of device memory for the ring. */
  static long bytes(int batch) {
    return (long) slots(batch) * batch * Float.BYTES;
  }

  private static int slots(int batch) {
    return Math.clamp(MOST_BYTES / ((long) Float.BYTES * batch), 1, MOST_SLOTS);
  }

  /** Returns the number of steps that the ring holds. */
  int slots() {
    return slots;
  }

  /** Returns the ring for the kernels: slots x batch, row-major. */
  DeviceMemory memory() {
    return memory;
  }

  /**
   * Enqueues a copy of the losses of some steps to the host.
   *
   * @param count number of steps, at most {@link #slots}
   */
  void request(long firstStep, int count) {
    int first = slot(firstStep);
    int untilEnd = Math.min(count, slots - first);
    copy(first, untilEnd);
    copy(0, count - untilEnd);
  }

  private void copy(int slot, int count) {
    if (count > 0) {
      long bytes = (long) count * batch * Float.BYTES;
      long offset = (long) slot * batch * Float.BYTES;
      stream.copyOut(memory, offset, pinned, offset, bytes);
    }
  }

  /**
   * Returns the mean loss of a requested step: the sum of its row losses in binary64, in row order,
   * divided by the batch. Wait for the request before calling this.
   */
  double mean(long step) {
    long first = (long) slot(step) * batch;
    double sum = 0;
    for (int i = 0; i < batch; i++) {
      sum += pinned.segment().getAtIndex(JAVA_FLOAT, first + i);
    }
    return sum / batch;
  }

  private int slot(long step) {
    return (int) (step % slots);
  }

  @Override
  public void close() {
    owned.close();
  }
}
