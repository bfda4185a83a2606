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
 * A table on the device with the inputs of a run of consecutive steps. New contents are enqueued
 * ahead of the steps that need them, without waiting for the device.
 */
final class StreamedTable implements Closing.Resource {
  /** Number of uploads in flight before the host has to wait. */
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

  /** Writes the contents of the table. */
  interface Contents {
    /**
     * Fills in the whole table.
     *
     * @param firstStep the first of the steps that will read it
     */
    void write(long firstStep, MemorySegment table);
  }

  /** An upload in flight and the event that follows it in the stream. */
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
   * Allocates the table.
   *
   * @param tensor name of the contents, for messages
   * @param steps number of steps that the contents cover
   */
  static StreamedTable open(
      DeviceSession session, String tensor, long bytes, long steps, Contents contents) {
    return new StreamedTable(session, tensor, bytes, steps, contents);
  }

  /** Returns the table for the kernels. */
  DeviceMemory memory() {
    return memory;
  }

  /** Enqueues the contents for a step, unless the table holds them. */
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
