package dev.lockstep.bench.statistics;

import java.util.List;
import java.util.SplittableRandom;

/**
 * A way to measure a ratio, on synthetic times.
 *
 * @param kind of the runs
 * @param forks of either side, or blocks
 * @param method that it owes for a single comparison
 */
record Design(Kind kind, int forks, Estimate.Method method) {

  /** How the runs lie in time. */
  enum Kind {
    SEPARATE,
    BLOCKS
  }

  static final int ITERATIONS = 5;

  static final List<Design> ALL =
      List.of(
          new Design(Kind.SEPARATE, 2, Estimate.Method.STUDENT),
          new Design(Kind.SEPARATE, 3, Estimate.Method.STUDENT),
          new Design(Kind.SEPARATE, 5, Estimate.Method.STUDENT),
          new Design(Kind.SEPARATE, 8, Estimate.Method.HIERARCHICAL_BOOTSTRAP),
          new Design(Kind.SEPARATE, 12, Estimate.Method.HIERARCHICAL_BOOTSTRAP),
          new Design(Kind.BLOCKS, 3, Estimate.Method.PAIRED_STUDENT),
          new Design(Kind.BLOCKS, 5, Estimate.Method.PAIRED_STUDENT),
          new Design(Kind.BLOCKS, 6, Estimate.Method.SIGNED_RANKS),
          new Design(Kind.BLOCKS, 10, Estimate.Method.SIGNED_RANKS));

  /** An estimate of a true ratio. */
  Estimate draw(
      SplittableRandom random, Noise noise, Inference inference, double ratio, int family) {
    return switch (kind) {
      case SEPARATE ->
          inference.ratio(
              noise.forks(random, forks, ITERATIONS, ratio),
              noise.forks(random, forks, ITERATIONS, 1));
      case BLOCKS -> inference.ratio(noise.blocks(random, forks, ITERATIONS, ratio), family);
    };
  }

  @Override
  public String toString() {
    return forks + (kind == Kind.BLOCKS ? " blocks" : " forks");
  }
}
