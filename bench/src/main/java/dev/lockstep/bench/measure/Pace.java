package dev.lockstep.bench.measure;

import java.time.Duration;

/**
 * How long a fork measures, and when there are enough of them.
 *
 * @param warmUps iterations that do not count
 * @param iterations that count
 * @param iteration how long one lasts at least
 * @param fewest forks of a case
 * @param most forks of a case
 * @param within half the width of the 95% interval, relative to the median, that is narrow enough
 */
record Pace(int warmUps, int iterations, Duration iteration, int fewest, int most, double within) {

  /** For results that are kept. */
  static final Pace USUAL = new Pace(5, 5, Duration.ofMillis(500), 3, 8, 0.03);

  /** The same beside each other: six blocks at least, from which the signed-rank test can tell. */
  static final Pace BESIDE = new Pace(5, 5, Duration.ofMillis(500), 12, 24, 0.03);

  /** For a first look. */
  static final Pace QUICK = new Pace(4, 3, Duration.ofMillis(250), 3, 3, 0.03);

  /** A guess at how long a fork takes, before any has been seen. */
  Duration guess() {
    return iteration.multipliedBy(warmUps + iterations).plusSeconds(1);
  }
}
