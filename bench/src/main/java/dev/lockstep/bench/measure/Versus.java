package dev.lockstep.bench.measure;

import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.flags.Budget;
import dev.lockstep.bench.results.RunLog;
import dev.lockstep.bench.results.RunLog.State;
import dev.lockstep.bench.statistics.Blocks;
import dev.lockstep.bench.statistics.Estimate;
import dev.lockstep.bench.statistics.ForkLevel;
import dev.lockstep.bench.statistics.Inference;
import dev.lockstep.bench.statistics.Interval;
import dev.lockstep.bench.terminal.ProgressDisplay;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;

/**
 * Measures two arms side by side in blocks of four forks, A B B A or B A A B at random. Within such
 * a block, linear drift of the machine cancels.
 */
final class Versus {
  private static final long SEED = 20261124;

  /** Forks of each arm in a block. */
  private static final int FORKS_OF_A_BLOCK = 2;

  private final RunLog log;
  private final Forking forking;
  private final Plan plan;
  private final Pace pace;
  private final int fewest;
  private final int most;
  private final Budget budget;
  private final Random coin = new Random(SEED);
  private boolean cutShort;

  /** Two cases that differ only in the arm. */
  record Pair(Case a, Case b) {}

  /**
   * @param plan a plan with arms
   * @param pace counts forks of each arm, two per block; its target precision is that of the ratio
   */
  Versus(RunLog log, Forking forking, Plan plan, Pace pace, Budget budget) {
    this.log = log;
    this.forking = forking;
    this.plan = plan;
    this.pace = pace;
    this.budget = budget;
    fewest = Math.ceilDiv(pace.fewest(), FORKS_OF_A_BLOCK);
    most = Math.ceilDiv(pace.most(), FORKS_OF_A_BLOCK);
  }

  /**
   * Measures a block of each pair in turn, and before each round a fork of every case without a
   * partner.
   */
  void run() {
    List<Case> alone = new ArrayList<>(plan.alone());
    List<Pair> open = new ArrayList<>(plan.pairs());
    open.removeIf(pair -> !log.result(pair.a()).stop().isEmpty());
    long forks = 2L * FORKS_OF_A_BLOCK * fewest * open.size();
    try (ProgressDisplay progress = ProgressDisplay.of("bench", forks)) {
      while (!open.isEmpty()) {
        alone.removeIf(of -> !measureAlone(of));
        List<Pair> remaining = new ArrayList<>();
        for (int i = 0; i < open.size(); i++) {
          if (block(open.get(i), progress, open.size() - i, remaining.size())) {
            remaining.add(open.get(i));
          }
        }
        open = remaining;
      }
    }
    for (Case of : alone) {
      log.stop(of, "measured with every round of blocks");
    }
    log.finish(cutShort ? State.PARTIAL : State.COMPLETE);
  }

  /** Measures a fork of a case without a partner; returns whether it needs another. */
  private boolean measureAlone(Case of) {
    if (!log.result(of).stop().isEmpty() || !forking.measure(of, 0)) {
      return false;
    }
    if (log.result(of).forks().size() < fewest) {
      return true;
    }
    log.stop(of, "measured with each of the first " + fewest + " rounds of blocks");
    return false;
  }

  /**
   * Measures a block; returns whether the pair needs another.
   *
   * @param ahead pairs still to run in this round, including this one
   * @param behind pairs that ran in this round and need another block
   */
  private boolean block(Pair pair, ProgressDisplay progress, int ahead, int behind) {
    int whole = blocks(pair).size();
    int number = 1 + Math.max(log.result(pair.a()).lastBlock(), log.result(pair.b()).lastBlock());
    double seconds = 2 * forking.seconds(pair.a()) + 2 * forking.seconds(pair.b());
    if (budget.passesWithin(seconds)) {
      cutShort |= whole < fewest;
      log.leave(pair.a(), budget.reason());
      log.leave(pair.b(), budget.reason());
      return false;
    }
    Forking.tell(
        progress,
        String.format(Locale.ROOT, "%s, block %d", pair.a().without(plan.arms()), number),
        seconds * (ahead + (ahead + behind) * Math.max(0, fewest - whole - 1)));
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
    if (whole < fewest) {
      return true;
    }
    Optional<Interval> interval = ratio(pair).interval(Inference.CONFIDENCE);
    if (interval.isPresent() && interval.get().relativeHalfWidth() <= pace.within()) {
      return stop(
          pair,
          String.format(Locale.ROOT, "the ratio is known within %.1f%%", 100 * pace.within()));
    }
    return whole < most
        || stop(
            pair,
            String.format(
                Locale.ROOT,
                "%d blocks, the most allowed, and the ratio is not known within %.1f%%",
                whole,
                100 * pace.within()));
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
