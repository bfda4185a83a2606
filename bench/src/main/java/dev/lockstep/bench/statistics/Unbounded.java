package dev.lockstep.bench.statistics;

import java.util.Optional;

/**
 * An estimate without an interval: from one fork, or from forks that are equal to the last bit,
 * which are copies of one another or ticks of a coarse clock.
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
