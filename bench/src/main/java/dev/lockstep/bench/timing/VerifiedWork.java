package dev.lockstep.bench.timing;

import dev.lockstep.agreement.SampleTally;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Backend.Placement;
import dev.lockstep.backend.Backends;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Timed;
import dev.lockstep.backend.Timed.Times;
import dev.lockstep.backend.Work;
import dev.lockstep.input.InputException;

/**
 * Work that is timed and verified on the same objects, for use by one thread.
 *
 * <p>Its methods may throw a {@link dev.lockstep.backend.BackendFault}, after which it can only be
 * closed.
 */
public abstract sealed class VerifiedWork implements AutoCloseable
    permits TimedSteps, TimedProduct, TimedOperation, TimedCopies {
  final Backend backend;
  private final Timed timed;

  VerifiedWork(Backend backend, Timed timed) {
    this.backend = backend;
    this.timed = timed;
  }

  /**
   * Returns another exact backend that recomputes the results of a timed one: {@code scalar}, or
   * {@code vector} for {@code scalar}.
   *
   * @throws IllegalArgumentException if the backend is an oracle, which no other backend can judge
   */
  static Backend judgeOf(Backend backend) {
    if (backend.kind() == Kind.ORACLE) {
      throw new IllegalArgumentException(backend.name() + " is an oracle and is not timed");
    }
    return Backends.judgeOf(backend);
  }

  /**
   * Checks that a backend can time a kind of work and that another backend can judge it.
   *
   * @throws InputException if it cannot time it
   */
  static void require(Backend backend, Class<? extends Work.OnTensors> work) {
    if (!backend.times(work)) {
      throw new InputException(
          "timing", "backend", backend.name(), "which has no operations that can be timed alone");
    }
    judgeOf(backend);
  }

  /**
   * Checks that a backend's tensors lie on a device.
   *
   * @throws InputException if they do not
   */
  static void requireDevice(Backend backend) {
    if (backend.placement() != Placement.DEVICE) {
      throw new InputException(
          "timing", "backend", backend.name(), "which runs on the host; expected one on a device");
    }
  }

  /** Runs the work {@code calls} times and waits for the last. */
  public final Times run(int calls) {
    return timed.run(calls);
  }

  /** Returns the name of the clock of {@link Times#own}. */
  public final String ownClock() {
    return backend.placement() == Placement.PROCESS ? "program" : "device";
  }

  /** Restores the first state, so that every window does the same work. */
  public abstract void reset();

  /** Recomputes a sample of the results and compares it. */
  public abstract SampleTally verify();

  /** Returns why calls since the last reset did not do all of their work; empty if they did. */
  public String idle() {
    return "";
  }

  @Override
  public final void close() {
    timed.close();
  }
}
