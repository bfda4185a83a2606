package dev.lockstep.bench.timing;

import dev.lockstep.agreement.SampleTally;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Resources;
import dev.lockstep.gpu.training.DeviceCopyTimer;

/** Copies within the device's memory; verified byte by byte. */
public final class TimedDeviceCopy implements Timed {
  private final DeviceCopyTimer timer;

  private TimedDeviceCopy(DeviceCopyTimer timer) {
    this.timer = timer;
  }

  /**
   * Allocates source and target.
   *
   * @param kibibytes of each; rounded down to a multiple of 4, at least 4
   * @throws dev.lockstep.backend.UnavailableException if the backend cannot run here
   * @throws dev.lockstep.input.InputException if it runs on the host
   */
  public static TimedDeviceCopy open(Backend backend, int kibibytes, Resources resources) {
    return new TimedDeviceCopy(OnDevice.required(backend).deviceCopyTimer(kibibytes, resources));
  }

  /** Overwrites the target, so that a copy that does nothing is found out. */
  @Override
  public void reset() {
    timer.clear();
  }

  @Override
  public Window run(int calls) {
    return Window.of(timer.time(calls));
  }

  /** Looks at what the last call left behind. */
  @Override
  public SampleTally verify() {
    return timer.copied()
        ? SampleTally.ofEqual(timer.bytes())
        : SampleTally.ofEqual(0).contradictedBy("the copy differs");
  }

  @Override
  public void close() {
    timer.close();
  }
}
