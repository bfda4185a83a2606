package dev.lockstep.bench.statistics;

import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.Median;

/** The statistic that represents all iterations of a fork. */
public enum ForkLevel {
  /** The median iteration, which interruptions of a few iterations do not change. */
  MEDIAN,

  /** The arithmetic mean of the iterations, interruptions included. */
  MEAN;

  private static final Median IN_PLACE = Median.withDefaults().withCopy(false);

  /** The logarithm of the level. May reorder {@code times}. */
  double log(double[] times) {
    return Math.log(
        switch (this) {
          case MEDIAN -> IN_PLACE.evaluate(times);
          case MEAN -> Mean.of(times).getAsDouble();
        });
  }
}
