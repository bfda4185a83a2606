package dev.lockstep.bench.measure;

import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.flags.Budget;
import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.results.RunEstimates;
import dev.lockstep.bench.results.RunLog;
import dev.lockstep.bench.results.RunLog.State;
import dev.lockstep.bench.statistics.Estimate;
import dev.lockstep.bench.statistics.ForkLevel;
import dev.lockstep.bench.statistics.Staged;
import dev.lockstep.bench.terminal.ProgressDisplay;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Measures two arms side by side in blocks of four forks, A B B A or B A A B at random. Within such
 * a block, linear drift of the machine cancels.
 *
 * <p>As in {@link BenchRun}, a first stage gives every pair as many blocks, and their ratios say
 * once how many more each pair needs.
 */
final class Versus {
  private static final long SEED = 20261124;

  /** Forks of each arm in a block. */
  static final int FORKS_OF_A_BLOCK = 2;

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
   * Measures a block of each pair in turn, and before each round of the first stage a fork of every
   * case without a partner.
   */
  void run() {
    forking
        .forecast()
        .announce(owed(plan.forks(pace.fewest())), owed(plan.forks(pace.most())), budget);
    Map<Pair, Integer> first = new LinkedHashMap<>();
    open().forEach(pair -> first.put(pair, fewest - blocks(pair)));
    stage(first, new ArrayList<>(plan.alone()));
    stage(wanted(), new ArrayList<>());
    conclude();
    log.finish(cutShort ? State.PARTIAL : State.COMPLETE);
  }

  /** Returns how many forks the open cases lack of those that they are to get. */
  private Map<Case, Integer> owed(Map<Case, Integer> forks) {
    Map<Case, Integer> owed = new LinkedHashMap<>();
    forks.forEach(
        (of, count) -> {
          CaseResult result = log.result(of);
          if (result.stop().isEmpty()) {
            owed.put(of, Math.max(0, count - result.forks().size()));
          }
        });
    return owed;
  }

  private List<Pair> open() {
    return plan.pairs().stream().filter(pair -> log.result(pair.a()).stop().isEmpty()).toList();
  }

  /** Returns how many more blocks each open pair needs for its ratio to be known. */
  private Map<Pair, Integer> wanted() {
    List<RunEstimates.Pair> measured = measured();
    List<Staged> staged = estimates().staged(measured);
    Map<Pair, Integer> wanted = new LinkedHashMap<>();
    for (Pair pair : open()) {
      int index = measured.indexOf(results(pair));
      wanted.put(pair, staged.get(index).wanted(pace.within(), most) - blocks(pair));
    }
    return wanted;
  }

  /** Measures so many blocks of each pair, except of pairs that fail or have no time. */
  private void stage(Map<Pair, Integer> blocks, List<Case> alone) {
    Map<Pair, Integer> left = new LinkedHashMap<>(blocks);
    left.values().removeIf(count -> count <= 0);
    long forks = 2L * FORKS_OF_A_BLOCK * left.values().stream().mapToLong(Integer::longValue).sum();
    try (ProgressDisplay progress = ProgressDisplay.of("bench", forks)) {
      while (!left.isEmpty()) {
        alone.removeIf(of -> !measureAlone(of));
        for (Pair pair : List.copyOf(left.keySet())) {
          if (block(pair, left, progress)) {
            left.computeIfPresent(pair, (_, count) -> count == 1 ? null : count - 1);
          } else {
            left.remove(pair);
          }
        }
      }
    }
    for (Case of : alone) {
      log.stop(of, "measured with every round of blocks");
    }
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

  /** Measures a block; returns whether it is whole. */
  private boolean block(Pair pair, Map<Pair, Integer> left, ProgressDisplay progress) {
    int number = 1 + Math.max(log.result(pair.a()).lastBlock(), log.result(pair.b()).lastBlock());
    if (budget.passesWithin(forking.forecast().seconds(forks(pair, 1)))) {
      cutShort |= blocks(pair) < fewest;
      log.leave(pair.a(), budget.reason());
      log.leave(pair.b(), budget.reason());
      return false;
    }
    double seconds =
        left.entrySet().stream()
            .mapToDouble(each -> forking.forecast().seconds(forks(each.getKey(), each.getValue())))
            .sum();
    Forking.tell(
        progress,
        String.format(Locale.ROOT, "%s, block %d", pair.a().without(plan.arms()), number),
        seconds);
    boolean aFirst = coin.nextBoolean();
    Case outer = aFirst ? pair.a() : pair.b();
    Case inner = aFirst ? pair.b() : pair.a();
    for (Case of : List.of(outer, inner, inner, outer)) {
      if (!forking.measure(of, number)) {
        return stop(pair, "failed");
      }
      progress.step();
    }
    return true;
  }

  private static Map<Case, Integer> forks(Pair pair, int blocks) {
    return Map.of(pair.a(), FORKS_OF_A_BLOCK * blocks, pair.b(), FORKS_OF_A_BLOCK * blocks);
  }

  /** Records why the pairs that have all the blocks they were to get have no more. */
  private void conclude() {
    List<RunEstimates.Pair> measured = measured();
    List<Staged> staged = estimates().staged(measured);
    List<Estimate> ratios = estimates().ratios(measured, 1);
    for (Pair pair : open()) {
      int index = measured.indexOf(results(pair));
      int blocks = blocks(pair);
      stop(
          pair,
          staged.get(index).isKnown(ratios.get(index), pace.within())
              ? String.format(Locale.ROOT, "the ratio is known within %.1f%%", 100 * pace.within())
              : String.format(
                  Locale.ROOT,
                  "%d blocks, %s, and the ratio is not known within %.1f%%",
                  blocks,
                  blocks >= most ? "the most allowed" : "of which the last differ more",
                  100 * pace.within()));
    }
  }

  private boolean stop(Pair pair, String reason) {
    log.stop(pair.a(), reason);
    log.stop(pair.b(), reason);
    return false;
  }

  private RunEstimates estimates() {
    return RunEstimates.of(log.results(), ForkLevel.MEDIAN, pace.fewest());
  }

  /** Returns all pairs with a block, each of which tells the variances of the others. */
  private List<RunEstimates.Pair> measured() {
    return plan.pairs().stream().filter(pair -> blocks(pair) > 0).map(this::results).toList();
  }

  private RunEstimates.Pair results(Pair pair) {
    return new RunEstimates.Pair(log.result(pair.a()), log.result(pair.b()));
  }

  private int blocks(Pair pair) {
    return log.result(pair.a()).blocksBeside(log.result(pair.b())).size();
  }
}
