package dev.lockstep.bench.statistics;

import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.Median;

/** The one figure that stands for all iterations of a fork. */
public enum ForkLevel {
  /** The median iteration: what an iteration usually takes, whatever interrupted some of them. */
  MEDIAN {
    @Override
    double of(double[] times) {
      return IN_PLACE.evaluate(times);
    }
  },

  /** The arithmetic mean: what the iterations took in all, interruptions included. */
  MEAN {
    @Override
    double of(double[] times) {
      return Mean.of(times).getAsDouble();
    }
  };

  private static final Median IN_PLACE = Median.withDefaults().withCopy(false);

  /** In the unit of the times, which may be left in another order. */
  abstract double of(double[] times);

  /** The logarithm of the level; the times may be left in another order. */
  final double log(double[] times) {
    return Math.log(of(times));
  }
}
