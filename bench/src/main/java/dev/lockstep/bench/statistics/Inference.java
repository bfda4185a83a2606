package dev.lockstep.bench.statistics;

/**
 * From samples to estimates.
 *
 * <p>The <em>typical time</em> of a benchmark is the geometric mean over its forks of the fork's
 * level, by default the median of its iterations; a ratio is one of typical times. The method hangs
 * on the numbers of forks and blocks alone, never on the times:
 *
 * <ul>
 *   <li>one fork: the value, and no interval;
 *   <li>2 to 7 forks (on either side of a ratio): Student's t on the logarithms of the forks'
 *       levels, for a ratio Welch's;
 *   <li>from 8 forks on: the hierarchical bootstrap, studentised;
 *   <li>blocks: Hodges and Lehmann's estimate with the exact signed-rank interval where there are
 *       enough of them for a verdict, otherwise Student's t on the logarithms of the blocks'
 *       ratios.
 * </ul>
 *
 * @param level what stands for a fork
 * @param seed of the bootstrap, so that equal samples have equal intervals
 * @param resamples of the bootstrap; no p-value is below 1 / (resamples + 1)
 */
public record Inference(ForkLevel level, long seed, int resamples) {

  /** The confidence of all intervals that are shown. */
  public static final double CONFIDENCE = 0.95;

  /** From how many forks on the bootstrap is used. */
  static final int BOOTSTRAP_FORKS = 8;

  private static final long SEED = 20_250_917;
  private static final int RESAMPLES = 9_999;

  /** With the default seed and number of resamples. */
  public Inference(ForkLevel level) {
    this(level, SEED, RESAMPLES);
  }

  /** The typical time of a benchmark, in the unit of its times. */
  public Estimate time(Forks forks) {
    return forks.count() < BOOTSTRAP_FORKS
        ? Student.ofMean(forks.logLevels(level), Estimate.Method.STUDENT)
        : HierarchicalBootstrap.ofMean(forks, level, seed, resamples);
  }

  /** The subject's typical time over the baseline's, of forks that did not run in blocks. */
  public Estimate ratio(Forks subject, Forks baseline) {
    return Math.min(subject.count(), baseline.count()) < BOOTSTRAP_FORKS
        ? Student.ofRatio(subject.logLevels(level), baseline.logLevels(level))
        : HierarchicalBootstrap.ofRatio(subject, baseline, level, seed, resamples);
  }

  /**
   * The subject's time over the baseline's, of forks that ran in blocks.
   *
   * @param family how many comparisons are judged together, see {@link Family}. The p-value of n
   *     blocks is never below 2^(1-n), which must be a verdict's 5% over the size of the family at
   *     most: 6 blocks for one comparison, 10 for 20. With fewer, t is used
   */
  public Estimate ratio(Blocks blocks, int family) {
    double[] logs = blocks.logRatios(level);
    return SignedRanks.leastPValue(logs.length) * family <= 1 - CONFIDENCE
        ? SignedRanks.of(logs)
        : Student.ofMean(logs, Estimate.Method.PAIRED_STUDENT);
  }
}
