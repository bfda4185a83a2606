package dev.lockstep.bench.harness;

import dev.lockstep.bench.timing.Timed.Window;
import java.util.OptionalDouble;

/**
 * Time of an iteration by another clock than the host's, beside the host's that JMH takes. One
 * thread works with a device or a program, so nothing here is shared.
 */
enum OwnClock {
  /** By CUDA events. */
  DEVICE(OwnClockProfiler.DEVICE) {
    @Override
    OptionalDouble milliseconds(Window window) {
      return window.deviceMilliseconds();
    }
  },
  /** By the clock of an external program. */
  PROGRAM(OwnClockProfiler.PROGRAM) {
    @Override
    OptionalDouble milliseconds(Window window) {
      return window.programMilliseconds();
    }
  };

  private final String label;
  private double milliseconds;
  private long calls;

  OwnClock(String label) {
    this.label = label;
  }

  abstract OptionalDouble milliseconds(Window window);

  /** The name of the secondary result that reports it. */
  String label() {
    return label;
  }

  /** Forgets what was added. */
  void restart() {
    milliseconds = 0;
    calls = 0;
  }

  /** Adds some calls to each clock that took their time. */
  static void add(Window window) {
    for (OwnClock clock : values()) {
      clock
          .milliseconds(window)
          .ifPresent(
              time -> {
                clock.milliseconds += time;
                clock.calls += window.calls();
              });
    }
  }

  /** Calls since the restart. */
  long calls() {
    return calls;
  }

  /** Nanoseconds a call since the restart; NaN if there was none. */
  double nanosecondsPerCall() {
    return milliseconds * 1e6 / calls;
  }
}
