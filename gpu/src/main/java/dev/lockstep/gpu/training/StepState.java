package dev.lockstep.gpu.training;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.PinnedMemory;
import dev.lockstep.gpu.driver.Stream;
import java.util.OptionalLong;

/**
 * The state of training on the device, {@code struct StepState} of {@code state.cuh}: the number of
 * the next step, and the first step whose loss was not finite.
 */
final class StepState implements Closing.Resource {
  /** Bytes of device memory for the state. */
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

  /** Allocates the state, which must be {@link #write written} before use. */
  static StepState open(DeviceSession session) {
    return new StepState(session);
  }

  /** Returns the state for the kernels. */
  DeviceMemory memory() {
    return memory;
  }

  /** Sets the number of the next step and clears the first step without a finite loss. */
  void write(long step) {
    pinned.segment().setAtIndex(JAVA_LONG, 0, step);
    pinned.segment().setAtIndex(JAVA_LONG, 1, NEVER);
    stream.copyIn(pinned, memory, 0, BYTES);
    stream.synchronize();
  }

  /** Enqueues a copy of the state to the host; wait for it before calling {@link #stoppedAt}. */
  void request() {
    stream.copyOut(memory, 0, pinned, BYTES);
  }

  /**
   * Returns the first step whose loss was not finite, as of the last request; empty if there is
   * none.
   */
  OptionalLong stoppedAt() {
    long step = pinned.segment().getAtIndex(JAVA_LONG, 1);
    return step == NEVER ? OptionalLong.empty() : OptionalLong.of(step);
  }

  @Override
  public void close() {
    owned.close();
  }
}
