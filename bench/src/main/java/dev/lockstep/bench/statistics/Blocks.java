package dev.lockstep.bench.statistics;

import java.util.List;

/**
 * Times of two benchmarks that ran by turns in blocks (such as A B B A), so that slow changes of
 * the machine affect both equally. Blocks are independent of one another; only the two arms of the
 * same block are compared.
 *
 * @param blocks in the order they ran in
 */
public record Blocks(List<Block> blocks) {

  /** The forks of each arm in one block. */
  public record Block(Forks subject, Forks baseline) {

    /** Logarithm of subject time over baseline time, each the geometric mean of its forks. */
    double logRatio(ForkLevel level) {
      return Student.mean(subject.logLevels(level)) - Student.mean(baseline.logLevels(level));
    }
  }

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if the list is empty
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
