package dev.lockstep.bench.statistics;

import java.util.function.BooleanSupplier;
import org.apache.commons.statistics.distribution.BinomialDistribution;

/** How often something happened. */
record Rate(int hits, int draws) {

  static Rate of(int draws, BooleanSupplier draw) {
    int hits = 0;
    for (int i = 0; i < draws; i++) {
      hits += draw.getAsBoolean() ? 1 : 0;
    }
    return new Rate(hits, draws);
  }

  /**
   * Whether the true rate can be as low as this: as many hits or more would come up in one of 1,000
   * such tests at least.
   */
  boolean isAtMost(double rate) {
    return BinomialDistribution.of(draws, rate).survivalProbability(hits - 1) >= 0.001;
  }

  double share() {
    return (double) hits / draws;
  }
}
