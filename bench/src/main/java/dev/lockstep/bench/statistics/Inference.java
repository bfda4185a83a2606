package dev.lockstep.bench.statistics;

/**
 * Computes estimates from samples.
 *
 * <p>The <em>typical time</em> of a benchmark is the geometric mean of its forks' levels, by
 * default their median iterations; a ratio is a ratio of typical times. The method depends only on
 * the numbers of forks and blocks, never on the times:
 *
 * <ul>
 *   <li>one fork: the value without an interval;
 *   <li>2 to 7 forks (on either side of a ratio): Student's t on the logarithms of the forks'
 *       levels, in Welch's form for a ratio;
 *   <li>8 or more forks: the studentised hierarchical bootstrap;
 *   <li>blocks: Hodges and Lehmann's estimate with the exact signed-rank interval if there are
 *       enough blocks for a verdict, otherwise Student's t on the logarithms of the blocks' ratios.
 * </ul>
 *
 * @param level the statistic that represents a fork
 * @param seed the seed of the bootstrap; equal samples give equal intervals
 * @param resamples the resamples of the bootstrap; no p-value is below 1 / (resamples + 1)
 */
public record Inference(ForkLevel level, long seed, int resamples) {

  /** The confidence of all reported intervals. */
  public static final double CONFIDENCE = 0.95;

  /** The smallest number of forks for which the bootstrap is used. */
  static final int BOOTSTRAP_FORKS = 8;

  private static final long SEED = 20_250_917;
  private static final int RESAMPLES = 9_999;

  /** Uses the default seed and number of resamples. */
  public Inference(ForkLevel level) {
    this(level, SEED, RESAMPLES);
  }

  /** The typical time of a benchmark, in the unit of its times. */
  public Estimate time(Forks forks) {
    return forks.count() < BOOTSTRAP_FORKS
        ? Student.ofMean(forks.logLevels(level), Estimate.Method.STUDENT)
        : HierarchicalBootstrap.of(forks, null, level, seed, resamples);
  }

  /** Subject time over baseline time, from forks that did not run in blocks. */
  public Estimate ratio(Forks subject, Forks baseline) {
    return Math.min(subject.count(), baseline.count()) < BOOTSTRAP_FORKS
        ? Student.ofRatio(subject.logLevels(level), baseline.logLevels(level))
        : HierarchicalBootstrap.of(subject, baseline, level, seed, resamples);
  }

  /**
   * Subject time over baseline time, from forks that ran in blocks.
   *
   * @param family the number of comparisons judged together, see {@link Family}. The signed-rank
   *     p-value of n blocks is at least 2^(1-n). A verdict needs at most 5% divided by the size of
   *     the family: 6 blocks for one comparison, 10 for 20. With fewer blocks, t is used
   */
  public Estimate ratio(Blocks blocks, int family) {
    double[] logs = blocks.logRatios(level);
    return SignedRanks.leastPValue(logs.length) * family <= 1 - CONFIDENCE
        ? SignedRanks.of(logs)
        : Student.ofMean(logs, Estimate.Method.PAIRED_STUDENT);
  }
}
