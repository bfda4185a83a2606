package dev.lockstep.bench.statistics;

import java.util.List;

/**
 * The times of two benchmarks that were run by turns in blocks (such as A B B A), so that whatever
 * changed slowly on the machine met both alike. Blocks are independent of one another; the two arms
 * of a block are compared with each other only.
 *
 * @param blocks in the order they ran in
 */
public record Blocks(List<Block> blocks) {

  /** One block: the forks of each arm in it. */
  public record Block(Forks subject, Forks baseline) {

    /** Logarithm of the subject's time over the baseline's, each a geometric mean of its forks. */
    double logRatio(ForkLevel level) {
      return Student.mean(subject.logLevels(level)) - Student.mean(baseline.logLevels(level));
    }
  }

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if it is empty
   */
  public Blocks {
    blocks = List.copyOf(blocks);
    if (blocks.isEmpty()) {
      throw new IllegalArgumentException("no blocks");
    }
  }

  double[] logRatios(ForkLevel level) {
    return blocks.stream().mapToDouble(block -> block.logRatio(level)).toArray();
  }
}
