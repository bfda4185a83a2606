package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.Event;
import dev.lockstep.gpu.driver.PinnedMemory;
import dev.lockstep.gpu.driver.Stream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A table on the device that holds what a run of steps reads. New contents are put into the stream
 * ahead of the steps that need them, without waiting for the device.
 */
final class StreamedTable implements Closing.Resource {
  /** Contents that can be on their way before the host has to wait. */
  private static final int IN_FLIGHT = 4;

  private final Stream stream;
  private final DeviceMemory memory;
  private final long bytes;
  private final long steps;
  private final Contents contents;
  private final List<Parcel> parcels = new ArrayList<>();
  private final Closing owned = new Closing();
  private int next;
  private long run = -1;

  /** Writes the table. */
  interface Contents {
    /**
     * Fills in the whole table.
     *
     * @param firstStep of the steps that will read it
     */
    void write(long firstStep, MemorySegment table);
  }

  /** Contents on their way, and the mark behind them in the stream. */
  private record Parcel(PinnedMemory pinned, Event sent) {}

  private StreamedTable(
      DeviceSession session, String tensor, long bytes, long steps, Contents contents) {
    stream = session.stream;
    this.bytes = bytes;
    this.steps = steps;
    this.contents = contents;
    memory = owned.allocate(() -> DeviceMemory.allocate(session.context, tensor, bytes));
    for (int i = 0; i < IN_FLIGHT; i++) {
      PinnedMemory pinned = owned.allocate(() -> PinnedMemory.allocate(tensor, bytes));
      parcels.add(new Parcel(pinned, owned.allocate(Event::open)));
    }
  }

  /**
   * Allocates it.
   *
   * @param tensor what it holds, for messages
   * @param steps that one content lasts for
   */
  static StreamedTable open(
      DeviceSession session, String tensor, long bytes, long steps, Contents contents) {
    return new StreamedTable(session, tensor, bytes, steps, contents);
  }

  /** For the kernels. */
  DeviceMemory memory() {
    return memory;
  }

  /** Puts the contents for a step into the stream, unless they are there. */
  void prepare(long step) {
    long due = step / steps;
    if (due == run) {
      return;
    }
    Parcel parcel = parcels.get(next);
    parcel.sent().await();
    contents.write(due * steps, parcel.pinned().segment());
    stream.copyIn(parcel.pinned(), memory, 0, bytes);
    parcel.sent().record(stream);
    next = (next + 1) % IN_FLIGHT;
    run = due;
  }

  @Override
  public void close() {
    owned.close();
  }
}
