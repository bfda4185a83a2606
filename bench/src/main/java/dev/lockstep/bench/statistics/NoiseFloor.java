package dev.lockstep.bench.statistics;

import dev.lockstep.bench.statistics.Blocks.Block;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The smallest difference between two times of a machine that counts as one, derived from
 * comparisons of a benchmark with itself (A/A).
 *
 * <p>Intervals cover the random differences between forks. They do not cover changes from one run
 * to the next: temperature, other programs, the layout of memory after a reboot. If they did, 95%
 * of the A/A intervals would contain 1. The <em>excess</em> of an A/A comparison is the distance
 * from 1 to the nearer end of its 95% interval, and 0 if the interval contains 1. The floor is the
 * excess of rank ceil(0.95 (n + 1)) among n comparisons, or the largest one if that rank exceeds n
 * (n below 19). For exchangeable comparisons and n of at least 19, the next A/A comparison exceeds
 * it with a probability of at most 5%. The floor is at least {@link #LEAST}.
 *
 * @param difference relative: 0.01 for ratios from 1/1.01 to 1.01
 * @param comparisons the number of A/A comparisons behind it; 0 if it was given
 */
public record NoiseFloor(double difference, int comparisons) {

  /** The least floor: code that moves by a cache line changes times by as much. */
  public static final double LEAST = 0.01;

  /** The largest measured floor that widens the range of {@link Verdict#SAME}. */
  public static final double MOST_OF_SAME = 0.05;

  /** The fewest forks of a half: the interval of fewer is too unreliable. */
  private static final int FORKS_OF_A_HALF = 3;

  /**
   * Checks the difference.
   *
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public NoiseFloor {
    if (!(difference >= 0 && difference < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("noise floor " + difference);
    }
  }

  /** A floor that was not measured, such as {@link #LEAST}. */
  public static NoiseFloor given(double difference) {
    return new NoiseFloor(difference, 0);
  }

  /** Derives a floor from A/A comparisons; comparisons without an interval are ignored. */
  public static NoiseFloor of(List<Estimate> selfComparisons) {
    double[] excesses =
        selfComparisons.stream()
            .flatMap(estimate -> estimate.interval(Inference.CONFIDENCE).stream())
            .mapToDouble(NoiseFloor::excess)
            .sorted()
            .toArray();
    int n = excesses.length;
    if (n == 0) {
      return given(LEAST);
    }
    int rank = Math.min(n, (int) Math.ceil(Inference.CONFIDENCE * (n + 1)));
    return new NoiseFloor(Math.max(LEAST, excesses[rank - 1]), n);
  }

  /**
   * Compares the later half of a run's forks with the earlier half: an A/A comparison that finds
   * only changes within the run.
   *
   * @return empty for fewer than six forks
   */
  public static List<Estimate> halves(Inference inference, Forks forks) {
    int half = forks.count() / 2;
    return half < FORKS_OF_A_HALF
        ? List.of()
        : List.of(
            inference.ratio(
                forks.range(forks.count() - half, forks.count()), forks.range(0, half)));
  }

  /**
   * Compares the second fork of a side with its first, block by block.
   *
   * @return one A/A comparison for each side that has two forks in every block; empty for fewer
   *     than three blocks
   */
  public static List<Estimate> within(Inference inference, Blocks blocks) {
    if (blocks.blocks().size() < FORKS_OF_A_HALF) {
      return List.of();
    }
    return Stream.<Function<Block, Forks>>of(Block::subject, Block::baseline)
        .map(side -> blocks.blocks().stream().map(side).toList())
        .filter(side -> side.stream().allMatch(forks -> forks.count() == 2))
        .map(
            side ->
                new Blocks(
                    side.stream()
                        .map(forks -> new Block(forks.range(1, 2), forks.range(0, 1)))
                        .toList()))
        .map(selves -> inference.ratio(selves, 1))
        .toList();
  }

  private static double excess(Interval interval) {
    return Math.max(0, Math.max(interval.lower(), 1 / interval.upper()) - 1);
  }

  /** The ratios that count as no difference: 1 / (1 + d) to 1 + d. */
  Interval range() {
    return range(difference);
  }

  /**
   * The ratios that count as {@link Verdict#SAME}. A measured floor widens them up to {@link
   * #MOST_OF_SAME} only: noise is no evidence of sameness.
   */
  Interval sameRange() {
    return comparisons == 0 ? range() : range(Math.min(difference, MOST_OF_SAME));
  }

  private static Interval range(double share) {
    return new Interval(1 / (1 + share), 1 + share);
  }
}
