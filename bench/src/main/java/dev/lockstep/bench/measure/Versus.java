package dev.lockstep.bench.measure;

import dev.lockstep.bench.ProgressDisplay;
import dev.lockstep.bench.results.Case;
import dev.lockstep.bench.results.RunLog;
import dev.lockstep.bench.results.RunLog.State;
import dev.lockstep.bench.statistics.Blocks;
import dev.lockstep.bench.statistics.Estimate;
import dev.lockstep.bench.statistics.ForkLevel;
import dev.lockstep.bench.statistics.Inference;
import dev.lockstep.bench.statistics.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;

/**
 * Measures two arms beside each other: in blocks of four forks, A B B A or B A A B as a coin has
 * it, so that within a block whatever drifts drifts for both alike.
 */
final class Versus {
  private static final long SEED = 20261124;

  /** From this many the exact signed-rank interval exists at 95%. */
  private static final int FEWEST_BLOCKS = 6;

  private static final int MOST_BLOCKS = 12;

  private final RunLog log;
  private final Forking forking;
  private final double within;
  private final Deadline deadline;
  private final Random coin = new Random(SEED);
  private boolean cutShort;

  /** Two cases that differ in the one axis that tells the arms apart. */
  record Pair(Case a, Case b) {}

  /**
   * @param within half the width of the ratio's 95% interval that is narrow enough
   */
  Versus(RunLog log, Forking forking, double within, Deadline deadline) {
    this.log = log;
    this.forking = forking;
    this.within = within;
    this.deadline = deadline;
  }

  /** Measures the pairs, and first the cases that stand alone. */
  void run(List<Case> alone, List<Pair> pairs) {
    for (Case of : alone) {
      if (log.result(of).stop().isEmpty() && forking.measure(of, 0)) {
        log.stop(of, "measured once");
      }
    }
    List<Pair> open = new ArrayList<>(pairs);
    open.removeIf(pair -> !log.result(pair.a()).stop().isEmpty());
    try (ProgressDisplay progress = ProgressDisplay.of("bench", 4L * FEWEST_BLOCKS * open.size())) {
      while (!open.isEmpty()) {
        open.removeIf(pair -> !block(pair, progress, open.size()));
      }
    }
    log.finish(cutShort ? State.PARTIAL : State.COMPLETE);
  }

  /** Measures a block; whether the pair needs another. */
  private boolean block(Pair pair, ProgressDisplay progress, int pairs) {
    int whole = blocks(pair).size();
    int number = 1 + Math.max(log.result(pair.a()).lastBlock(), log.result(pair.b()).lastBlock());
    double seconds = 2 * forking.seconds(pair.a()) + 2 * forking.seconds(pair.b());
    if (deadline.passesWithin(seconds)) {
      cutShort |= whole < FEWEST_BLOCKS;
      return stop(pair, deadline.reason());
    }
    Forking.tell(
        progress,
        "%s, block %d".formatted(pair.a().without(Axis.BACKEND), number),
        seconds * pairs * Math.max(1, FEWEST_BLOCKS - whole));
    boolean aFirst = coin.nextBoolean();
    Case outer = aFirst ? pair.a() : pair.b();
    Case inner = aFirst ? pair.b() : pair.a();
    for (Case of : List.of(outer, inner, inner, outer)) {
      if (!forking.measure(of, number)) {
        return stop(pair, "failed");
      }
      progress.step();
    }
    whole++;
    if (whole < FEWEST_BLOCKS) {
      return true;
    }
    Optional<Interval> interval = ratio(pair).interval(Inference.CONFIDENCE);
    if (interval.isPresent() && interval.get().relativeHalfWidth() <= within) {
      return stop(
          pair, String.format(Locale.ROOT, "the ratio is known within %.1f%%", 100 * within));
    }
    return whole < MOST_BLOCKS
        || stop(
            pair,
            String.format(
                Locale.ROOT,
                "%d blocks, the most, and the ratio is not known within %.1f%%",
                whole,
                100 * within));
  }

  private boolean stop(Pair pair, String reason) {
    log.stop(pair.a(), reason);
    log.stop(pair.b(), reason);
    return false;
  }

  private Estimate ratio(Pair pair) {
    return new Inference(ForkLevel.MEDIAN).ratio(new Blocks(blocks(pair)), 1);
  }

  private List<Blocks.Block> blocks(Pair pair) {
    return log.result(pair.a()).blocksBeside(log.result(pair.b()));
  }
}
