package dev.lockstep.bench.measure;

import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.flags.Budget;
import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.results.RunEstimates;
import dev.lockstep.bench.results.RunLog;
import dev.lockstep.bench.results.RunLog.State;
import dev.lockstep.bench.statistics.ForkLevel;
import dev.lockstep.bench.terminal.ProgressDisplay;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Measures cases in rounds. Each round runs one fork of every case that needs more, in a new random
 * order, so that drift of the machine affects all cases alike.
 *
 * <p>The first stage gives every case as many forks. Their variances say once how many more each
 * case needs to be known as well as asked for, and the second stage measures these. Looking at the
 * interval after each fork instead would end a case as soon as its forks happen to be alike.
 */
final class BenchRun {
  private static final long SEED = 20261124;
  private static final int ALONE = 0;

  private final RunLog log;
  private final Forking forking;
  private final Pace pace;
  private final Budget budget;
  private final Random order = new Random(SEED);
  private boolean cutShort;

  BenchRun(RunLog log, Forking forking, Pace pace, Budget budget) {
    this.log = log;
    this.forking = forking;
    this.pace = pace;
    this.budget = budget;
  }

  /** Measures all cases that have not stopped. */
  void run() {
    forking.forecast().announce(owed(pace.fewest()), owed(pace.most()), budget);
    stage(owed(pace.fewest()));
    RunEstimates first = estimates();
    Map<Case, Integer> wanted = new LinkedHashMap<>();
    for (CaseResult result : open()) {
      int forks = first.staged(result).wanted(pace.within(), pace.most());
      wanted.put(result.of(), Math.max(pace.fewest(), forks) - result.forks().size());
    }
    stage(wanted);
    conclude();
    remeasure(suspects());
    log.finish(cutShort ? State.PARTIAL : State.COMPLETE);
  }

  private List<CaseResult> open() {
    return log.results().stream().filter(result -> result.stop().isEmpty()).toList();
  }

  /** Returns how many forks each open case lacks of so many. */
  private Map<Case, Integer> owed(int forks) {
    Map<Case, Integer> owed = new LinkedHashMap<>();
    open().forEach(each -> owed.put(each.of(), Math.max(0, forks - each.forks().size())));
    return owed;
  }

  /** Measures so many forks of each case, in rounds, except of cases that fail or have no time. */
  private void stage(Map<Case, Integer> forks) {
    Map<Case, Integer> left = new LinkedHashMap<>(forks);
    left.values().removeIf(count -> count <= 0);
    long all = left.values().stream().mapToLong(Integer::longValue).sum();
    try (ProgressDisplay progress = ProgressDisplay.of("bench", all)) {
      while (!left.isEmpty()) {
        List<Case> round = new ArrayList<>(left.keySet());
        Collections.shuffle(round, order);
        for (Case of : round) {
          if (measure(of, left, progress)) {
            left.computeIfPresent(of, (_, count) -> count == 1 ? null : count - 1);
          } else {
            left.remove(of);
          }
        }
      }
    }
  }

  /** Measures one fork; returns whether it has a result. */
  private boolean measure(Case of, Map<Case, Integer> left, ProgressDisplay progress) {
    int had = log.result(of).forks().size();
    if (budget.passesWithin(forking.forecast().seconds(of))) {
      cutShort |= had < pace.fewest();
      log.leave(of, budget.reason());
      return false;
    }
    Forking.tell(
        progress,
        String.format(Locale.ROOT, "%s, fork %d", of, had + 1),
        forking.forecast().seconds(left));
    boolean measured = forking.measure(of, ALONE);
    progress.step();
    return measured;
  }

  /** Records why the cases that have all the forks they were to get have no more. */
  private void conclude() {
    RunEstimates all = estimates();
    for (CaseResult result : open()) {
      int forks = result.forks().size();
      if (all.isKnown(result, pace.within())) {
        log.stop(
            result.of(), String.format(Locale.ROOT, "known within %.1f%%", 100 * pace.within()));
      } else {
        log.stop(
            result.of(),
            String.format(
                Locale.ROOT,
                "%d fork%s, %s, and not known within %.1f%%",
                forks,
                forks == 1 ? "" : "s",
                forks >= pace.most() ? "the most allowed" : "of which the last differ more",
                100 * pace.within()));
      }
    }
  }

  private RunEstimates estimates() {
    return RunEstimates.of(log.results(), ForkLevel.MEDIAN, pace.fewest());
  }

  /** Returns the cases that are faster than their ceiling allows, and those ceilings. */
  private List<Case> suspects() {
    Ceilings ceilings = new Ceilings(log.results());
    List<Case> suspects = new ArrayList<>();
    for (CaseResult result : log.results()) {
      if (ceilings.share(result).orElse(0) > Ceilings.SUSPECT) {
        suspects.add(result.of());
        ceilings.of(result).ifPresent(ceiling -> suspects.add(ceiling.of()));
      }
    }
    return suspects.stream().distinct().toList();
  }

  /**
   * Measures one more fork of each suspect; the usual reason is a clock frequency that changed
   * between the two.
   */
  private void remeasure(List<Case> suspects) {
    for (Case of : suspects) {
      if (!budget.passesWithin(forking.forecast().seconds(of)) && forking.measure(of, ALONE)) {
        log.stop(of, "measured again, since it was above its ceiling or is such a ceiling");
      }
    }
  }
}
