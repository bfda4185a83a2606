package dev.lockstep.bench.statistics;

import java.util.Optional;

/**
 * A value of which the samples do not tell how far it may be off: one fork, or forks that do not
 * differ in a single bit, which are copies of each other or ticks of a coarse clock.
 */
record Unbounded(double value) implements Estimate {

  @Override
  public Optional<Interval> interval(double confidence) {
    return Optional.empty();
  }

  @Override
  public double pValue(double hypothesis) {
    return 1;
  }

  @Override
  public Method method() {
    return Method.NONE;
  }
}
