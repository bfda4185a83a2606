package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.Event;
import dev.lockstep.gpu.driver.PinnedMemory;
import dev.lockstep.gpu.driver.Stream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A table on the device that changes between two steps: new contents are put into the stream,
 * without waiting for the device.
 */
final class StreamedTable implements Closing.Resource {
  /** Contents that can be on their way before the host has to wait. */
  private static final int IN_FLIGHT = 4;

  private final Stream stream;
  private final DeviceMemory memory;
  private final long bytes;
  private final List<Parcel> parcels = new ArrayList<>();
  private final Closing owned = new Closing();
  private int next;

  /** Contents on their way, and the mark behind them in the stream. */
  private record Parcel(PinnedMemory pinned, Event sent) {}

  private StreamedTable(DeviceSession session, String tensor, long bytes) {
    stream = session.stream;
    this.bytes = bytes;
    memory = owned.allocate(() -> DeviceMemory.allocate(session.context, tensor, bytes));
    for (int i = 0; i < IN_FLIGHT; i++) {
      PinnedMemory pinned = owned.allocate(() -> PinnedMemory.allocate(tensor, bytes));
      parcels.add(new Parcel(pinned, owned.allocate(Event::open)));
    }
  }

  /** Allocates it. */
  static StreamedTable open(DeviceSession session, String tensor, long bytes) {
    return new StreamedTable(session, tensor, bytes);
  }

  /** For the kernels. */
  DeviceMemory memory() {
    return memory;
  }

  /**
   * What runs after this in the stream sees new contents.
   *
   * @param writer fills them in, all of them
   */
  void send(Consumer<MemorySegment> writer) {
    Parcel parcel = parcels.get(next);
    parcel.sent().await();
    writer.accept(parcel.pinned().segment());
    stream.copyIn(parcel.pinned(), memory, 0, bytes);
    parcel.sent().record(stream);
    next = (next + 1) % IN_FLIGHT;
  }

  @Override
  public void close() {
    owned.close();
  }
}
