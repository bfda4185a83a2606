package dev.lockstep.bench.timing;

import dev.lockstep.agreement.SampleTally;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Resources;
import dev.lockstep.gpu.training.HostMemory;
import dev.lockstep.gpu.training.TransferTimer;
import dev.lockstep.gpu.training.TransferTimer.Direction;

/** Copies from or to memory of the host; verified by bytes that come back as they went. */
public final class TimedTransfer implements Timed {
  private final TransferTimer timer;
  private final Direction direction;
  private int seed;

  private TimedTransfer(TransferTimer timer, Direction direction) {
    this.timer = timer;
    this.direction = direction;
  }

  /**
   * Allocates so many bytes on the device and twice on the host.
   *
   * @throws dev.lockstep.backend.UnavailableException if the backend cannot run here
   * @throws dev.lockstep.input.InputException if it runs on the host
   */
  public static TimedTransfer open(
      Backend backend, int bytes, HostMemory memory, Direction direction, Resources resources) {
    return new TimedTransfer(
        OnDevice.required(backend).transferTimer(bytes, memory, resources), direction);
  }

  /** Nothing: every copy is the same work. */
  @Override
  public void reset() {}

  @Override
  public Window run(int calls) {
    return Window.of(timer.time(direction, calls));
  }

  /** All bytes, other ones each time. */
  @Override
  public SampleTally verify() {
    return timer.returnsWhatItWasSent(++seed)
        ? SampleTally.ofEqual(timer.bytes())
        : SampleTally.ofEqual(0).contradictedBy("other bytes come back");
  }

  @Override
  public void close() {
    timer.close();
  }
}
