package dev.lockstep.bench.timing;

import dev.lockstep.agreement.SampleTally;
import dev.lockstep.bench.external.Clocks;
import dev.lockstep.gpu.training.DeviceWindow;
import java.util.OptionalDouble;

/**
 * Something that is timed, and verified on the same objects. For one thread.
 *
 * <p>Its methods may throw a {@link dev.lockstep.backend.BackendFault}; after one it can only be
 * closed.
 */
public interface Timed extends AutoCloseable {

  /** Puts everything back to where it was at first, so that no window does other work. */
  void reset();

  /** Does it so many times and waits for the last to end. */
  Window run(int calls);

  /** Does it once more, untimed, and recomputes a sample of what it computed. */
  SampleTally verify();

  @Override
  void close();

  /**
   * Some calls timed together.
   *
   * @param calls how many
   * @param deviceMilliseconds between two events on the device; empty where there is none
   * @param programMilliseconds by the clock of the program that did them; empty where there is none
   * @param wallMilliseconds of the host, the wait for the last call included
   */
  record Window(
      int calls,
      OptionalDouble deviceMilliseconds,
      OptionalDouble programMilliseconds,
      double wallMilliseconds) {

    /** Of work on a device. */
    static Window of(DeviceWindow window) {
      return new Window(
          window.calls(),
          OptionalDouble.of(window.deviceMilliseconds()),
          OptionalDouble.empty(),
          window.wallMilliseconds());
    }

    /** Of work in a program. */
    static Window of(int calls, Clocks clocks) {
      return new Window(
          calls,
          OptionalDouble.empty(),
          OptionalDouble.of(clocks.program() * 1e3),
          clocks.host() * 1e3);
    }

    /** Of work on the host, done here. */
    static Window of(int calls, Runnable work) {
      long start = System.nanoTime();
      work.run();
      return new Window(
          calls,
          OptionalDouble.empty(),
          OptionalDouble.empty(),
          (System.nanoTime() - start) * 1e-6);
    }
  }
}
