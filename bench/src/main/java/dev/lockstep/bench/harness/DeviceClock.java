package dev.lockstep.bench.harness;

import dev.lockstep.bench.timing.Timed.Window;

/**
 * The device's time of an iteration, beside the host's that JMH takes. One thread works with a
 * device, so nothing here is shared.
 */
final class DeviceClock {
  private static double milliseconds;
  private static long calls;

  private DeviceClock() {}

  /** Forgets what was added. */
  static void restart() {
    milliseconds = 0;
    calls = 0;
  }

  /** Adds some calls, if they ran on a device. */
  static void add(Window window) {
    if (window.deviceMilliseconds().isPresent()) {
      milliseconds += window.deviceMilliseconds().getAsDouble();
      calls += window.calls();
    }
  }

  /** Calls since the restart. */
  static long calls() {
    return calls;
  }

  /** Nanoseconds a call since the restart; NaN if there was none. */
  static double nanosecondsPerCall() {
    return milliseconds * 1e6 / calls;
  }
}
