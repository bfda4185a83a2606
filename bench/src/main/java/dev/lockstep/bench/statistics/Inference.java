package dev.lockstep.bench.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Computes estimates from samples.
 *
 * <p>The <em>typical time</em> of a benchmark is the geometric mean of its forks' levels, by
 * default their median iterations; a ratio is a ratio of typical times. The method depends only on
 * the numbers of forks and blocks, never on the times:
 *
 * <ul>
 *   <li>one fork: the value without an interval;
 *   <li>2 to 7 forks of each of 8 or more benchmarks of a run: moderated t, see {@link Moderation};
 *   <li>2 to 7 forks of fewer benchmarks: Student's t on the logarithms of the forks' levels, in
 *       Welch's form for a ratio;
 *   <li>8 or more forks: the studentised hierarchical bootstrap, or t if their number was not fixed
 *       in advance, see {@link RunInference};
 *   <li>blocks: Hodges and Lehmann's estimate with the exact signed-rank interval if there are
 *       enough blocks for a verdict and their number was fixed in advance, otherwise t on the
 *       logarithms of the blocks' ratios, moderated if the run has 8 or more pairs.
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

  /** The typical time of a benchmark alone, in the unit of its times. */
  public Estimate time(Forks forks) {
    return RunInference.of(this, Map.of("", forks), RunInference.EVERY_FORK).time("");
  }

  /** Subject time over baseline time, each of a run of its own. */
  public Estimate ratio(Forks subject, Forks baseline) {
    return RunInference.of(this, Map.of("", subject), RunInference.EVERY_FORK)
        .ratio("", RunInference.of(this, Map.of("", baseline), RunInference.EVERY_FORK), "");
  }

  Estimate bootstrap(Forks subject, @Nullable Forks baseline) {
    return HierarchicalBootstrap.of(subject, baseline, level, seed, resamples);
  }

  /** Subject time over baseline time, from forks that ran in blocks. */
  public Estimate ratio(Blocks blocks, int family) {
    return ratio(staged(List.of(blocks), RunInference.EVERY_FORK).getFirst(), blocks, family);
  }

  /**
   * Subject time over baseline time, from forks that ran in blocks.
   *
   * @param staged the same blocks as measurements in two stages
   * @param family the number of comparisons judged together, see {@link Family}. The signed-rank
   *     p-value of n blocks is at least 2^(1-n). A verdict needs at most 5% divided by the size of
   *     the family: 6 blocks for one comparison, 10 for 20. With fewer blocks, t is used
   */
  public Estimate ratio(Staged staged, Blocks blocks, int family) {
    double[] logs = blocks.logRatios(level);
    return !staged.hasSecondStage()
            && SignedRanks.leastPValue(logs.length) * family <= 1 - CONFIDENCE
        ? SignedRanks.of(logs)
        : staged.estimate();
  }

  /**
   * The blocks of each pair of a run as measurements in two stages.
   *
   * @param run in the order of the rounds in which the blocks ran
   * @param firstStage the number of blocks of each pair that was fixed in advance
   */
  public List<Staged> staged(List<Blocks> run, int firstStage) {
    List<double[]> rows = run.stream().map(blocks -> blocks.logRatios(level)).toList();
    List<double[]> first =
        rows.stream().map(row -> Arrays.copyOf(row, Math.min(row.length, firstStage))).toList();
    Optional<Moderation> moderation = Moderation.of(first);
    List<Staged> staged = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      Optional<Component> moderated = own(moderation, i);
      staged.add(
          new Staged(
              rows.get(i),
              firstStage,
              moderated.orElse(Student.variance(first.get(i))),
              moderated.isPresent()
                  ? Estimate.Method.PAIRED_MODERATED
                  : Estimate.Method.PAIRED_STUDENT));
    }
    return staged;
  }

  /** The variance of one block's ratio, with that which pairs of a round share. */
  private static Optional<Component> own(Optional<Moderation> moderation, int row) {
    return moderation.flatMap(all -> all.own(row).map(own -> Component.sum(own, all.ofRounds())));
  }
}
