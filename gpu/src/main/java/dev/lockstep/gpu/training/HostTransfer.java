package dev.lockstep.gpu.training;

import dev.lockstep.backend.Work.Direction;
import dev.lockstep.backend.Work.HostMemory;
import dev.lockstep.backend.Work.Transfer;
import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.PageableMemory;
import dev.lockstep.gpu.driver.PinnedMemory;
import dev.lockstep.gpu.driver.Stream;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.Region;
import dev.lockstep.program.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;

/** A copy of a whole tensor between memory of the host and memory of the device. */
final class HostTransfer implements DeviceSet {
  private final DeviceSession session;
  private final Transfer transfer;
  private final DeviceMemory memory;
  private final MemorySegment host;
  private final Work copy;
  private final Closing owned = new Closing();

  /**
   * Allocates the memory.
   *
   * @param session must be closed after this
   */
  HostTransfer(DeviceSession session, Transfer transfer) {
    this.session = session;
    this.transfer = transfer;
    String name = transfer.source().name();
    long bytes = Float.BYTES * transfer.source().count();
    boolean in = transfer.direction() == Direction.TO_DEVICE;
    memory = owned.allocate(() -> DeviceMemory.allocate(session.context, name, bytes));
    if (transfer.memory() == HostMemory.PINNED) {
      PinnedMemory pinned = owned.allocate(() -> PinnedMemory.allocate(name, bytes));
      host = pinned.segment();
      copy =
          in
              ? stream -> stream.copyIn(pinned, memory, 0, bytes)
              : stream -> stream.copyOut(memory, 0, pinned, bytes);
    } else {
      PageableMemory pageable = owned.allocate(() -> PageableMemory.allocate(bytes));
      host = pageable.segment();
      copy = in ? _ -> memory.copyIn(pageable, bytes) : _ -> memory.copyOut(pageable, bytes);
    }
  }

  /** Returns the stream in which the copies run. */
  Stream stream() {
    return switch (transfer.memory()) {
      case PINNED -> session.stream;
      case PAGEABLE -> Stream.legacy();
    };
  }

  @Override
  public List<Work> works() {
    return List.of(copy);
  }

  @Override
  public void load(Map<Tensor, ? extends Matrix> operands) {
    boolean in = transfer.direction() == Direction.TO_DEVICE;
    if (in) {
      session.stream.clear(memory);
    } else {
      host.fill((byte) 0);
    }
    for (Matrix matrix : operands.values()) {
      if (in) {
        for (int i = 0; i < matrix.size(); i++) {
          host.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) matrix.value(i));
        }
      } else {
        session.staging.upload(matrix, memory);
      }
    }
    session.stream.synchronize();
  }

  @Override
  public FloatMatrix part(Tensor result, Region region) {
    if (transfer.direction() == Direction.TO_DEVICE) {
      return session.staging.part(memory, result, region);
    }
    FloatMatrix part = new FloatMatrix(region.rows(), region.columns());
    long columns = result.columns().size();
    for (int i = 0; i < region.rows(); i++) {
      MemorySegment.copy(
          host,
          ValueLayout.JAVA_FLOAT,
          ((region.row() + i) * columns + region.column()) * Float.BYTES,
          part.data(),
          i * region.columns(),
          region.columns());
    }
    return part;
  }

  @Override
  public void close() {
    owned.close();
  }
}
