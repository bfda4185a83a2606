package dev.lockstep.bench.statistics;

import dev.lockstep.bench.statistics.Blocks.Block;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The difference below which two figures of a machine are not called different, from comparisons of
 * a benchmark with itself (A/A).
 *
 * <p>Chance differences between forks are in the intervals already. What they cannot know is what
 * changes from one run to the next: temperature, neighbours, the layout of memory after a reboot.
 * If the intervals told everything, 95% of the A/A comparisons' intervals would contain 1. So each
 * A/A comparison has an <em>excess</em>: how far the near end of its 95% interval is from 1, and 0
 * if 1 lies within. The floor is the excess of rank ceil(0.95 (n + 1)) of n comparisons, or the
 * largest where that rank exceeds n (below 19): the next A/A comparison exceeds it with a
 * probability of at most 5%, if they are exchangeable and n is at least 19. It is never less than
 * {@link #LEAST}.
 *
 * @param difference as a share: 0.01 for a ratio from 1/1.01 to 1.01
 * @param comparisons how many A/A comparisons it comes from; 0 if it was given
 */
public record NoiseFloor(double difference, int comparisons) {

  /** Of whatever benchmark: code that moves by a cache line does as much. */
  public static final double LEAST = 0.01;

  /** A measured floor beyond this does not widen what is called the same. */
  public static final double MOST_OF_SAME = 0.05;

  /** A half of fewer forks tells its own spread so badly that its interval may miss by anything. */
  private static final int FORKS_OF_A_HALF = 3;

  /**
   * Checks it.
   *
   * @throws IllegalArgumentException if the difference is negative or not finite
   */
  public NoiseFloor {
    if (!(difference >= 0 && difference < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("noise floor " + difference);
    }
  }

  /** One that was given, such as {@link #LEAST}. */
  public static NoiseFloor given(double difference) {
    return new NoiseFloor(difference, 0);
  }

  /** From A/A comparisons; those without an interval say nothing. */
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
   * An A/A comparison of a single run: its later half of forks against its earlier one. It finds
   * what changed within the run only.
   *
   * @return empty below six forks, since fewer than three a half tell too little
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
   * A/A comparisons of a run in blocks: the second fork of a side against its first, block by
   * block.
   *
   * @return one for each side all of whose blocks have two forks; empty below three blocks
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

  /** The ratios that are no difference: 1 / (1 + d) to 1 + d. */
  Interval range() {
    return range(difference);
  }

  /**
   * The ratios that may be called the same. A machine so noisy that its floor is beyond {@link
   * #MOST_OF_SAME} shows no two things to be the same, however far apart it cannot tell them.
   */
  Interval sameRange() {
    return comparisons == 0 ? range() : range(Math.min(difference, MOST_OF_SAME));
  }

  private static Interval range(double share) {
    return new Interval(1 / (1 + share), 1 + share);
  }
}
