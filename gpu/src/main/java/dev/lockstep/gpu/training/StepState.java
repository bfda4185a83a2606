package dev.lockstep.gpu.training;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.PinnedMemory;
import dev.lockstep.gpu.driver.Stream;
import java.util.OptionalLong;

/**
 * Where training stands, on the device: {@code struct StepState} of {@code state.cuh}, the number
 * of the step that is due and the first step whose loss was not finite.
 */
final class StepState implements Closing.Resource {
  /** Of the device. */
  static final long BYTES = 2 * Long.BYTES;

  private static final long NEVER = -1;

  private final Stream stream;
  private final DeviceMemory memory;
  private final PinnedMemory pinned;
  private final Closing owned = new Closing();

  private StepState(DeviceSession session) {
    stream = session.stream;
    memory =
        owned.allocate(() -> DeviceMemory.allocate(session.context, "the step's state", BYTES));
    pinned = owned.allocate(() -> PinnedMemory.allocate("the step's state", BYTES));
  }

  /** Allocates it; to be {@link #write written} before it is used. */
  static StepState open(DeviceSession session) {
    return new StepState(session);
  }

  /** For the kernels. */
  DeviceMemory memory() {
    return memory;
  }

  /** The step that is due, and no loss that was not finite. */
  void write(long step) {
    pinned.segment().setAtIndex(JAVA_LONG, 0, step);
    pinned.segment().setAtIndex(JAVA_LONG, 1, NEVER);
    stream.copyIn(pinned, memory, 0, BYTES);
    stream.synchronize();
  }

  /** Asks for it; {@link #stoppedAt} can be called once the stream has come so far. */
  void request() {
    stream.copyOut(memory, 0, pinned, BYTES);
  }

  /** The first step whose loss was not finite, as of the last request. */
  OptionalLong stoppedAt() {
    long step = pinned.segment().getAtIndex(JAVA_LONG, 1);
    return step == NEVER ? OptionalLong.empty() : OptionalLong.of(step);
  }

  @Override
  public void close() {
    owned.close();
  }
}
