package dev.lockstep.bench.suite;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** How long a suite may take, from now on. */
final class Budget {
  private final long start = System.nanoTime();
  private final Duration whole;

  Budget(Duration whole) {
    this.whole = whole;
  }

  /** Tells when so much of it is used up. What begins a little before that may end after it. */
  BooleanSupplier until(double share) {
    return () -> spent().toNanos() >= share * whole.toNanos();
  }

  /** Since the start. */
  Duration spent() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** All of it. */
  Duration whole() {
    return whole;
  }
}
