package dev.lockstep.bench.statistics;

import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.Median;

/** The statistic that represents all iterations of a fork. */
public enum ForkLevel {
  /** The median iteration, which interruptions of a few iterations do not change. */
  MEDIAN {
    @Override
    double of(double[] times) {
      return IN_PLACE.evaluate(times);
    }
  },

  /** The arithmetic mean of the iterations, interruptions included. */
  MEAN {
    @Override
    double of(double[] times) {
      return Mean.of(times).getAsDouble();
    }
  };

  private static final Median IN_PLACE = Median.withDefaults().withCopy(false);

  /** The level in the unit of the times. May reorder {@code times}. */
  abstract double of(double[] times);

  /** The logarithm of the level. May reorder {@code times}. */
  final double log(double[] times) {
    return Math.log(of(times));
  }
}
