package dev.lockstep.bench.measure;

import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.flags.Budget;
import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.results.RunLog;
import dev.lockstep.bench.results.RunLog.State;
import dev.lockstep.bench.statistics.Estimate;
import dev.lockstep.bench.statistics.ForkLevel;
import dev.lockstep.bench.statistics.Inference;
import dev.lockstep.bench.statistics.Interval;
import dev.lockstep.bench.terminal.ProgressDisplay;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;

/**
 * Measures cases in rounds. Each round runs one fork of every case that has not reached the target
 * precision, in a new random order, so that drift of the machine affects all cases alike.
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
    List<Case> open = new ArrayList<>();
    for (CaseResult result : log.results()) {
      if (result.stop().isEmpty()) {
        open.add(result.of());
      }
    }
    long least = open.stream().mapToLong(of -> missing(of)).sum();
    try (ProgressDisplay progress = ProgressDisplay.of("bench", least)) {
      while (!open.isEmpty()) {
        Collections.shuffle(open, order);
        for (Case of : List.copyOf(open)) {
          if (!measureOnce(of, open, progress)) {
            open.remove(of);
          }
        }
      }
    }
    remeasure(suspects());
    log.finish(cutShort ? State.PARTIAL : State.COMPLETE);
  }

  /** Returns how many forks a case still needs to reach the fewest allowed. */
  private int missing(Case of) {
    return Math.max(0, pace.fewest() - log.result(of).forks().size());
  }

  /** Measures one fork; returns whether the case needs another. */
  private boolean measureOnce(Case of, List<Case> open, ProgressDisplay progress) {
    if (budget.passesWithin(forking.seconds(of))) {
      cutShort |= missing(of) > 0;
      log.leave(of, budget.reason());
      return false;
    }
    int number = log.result(of).forks().size() + 1;
    tell(progress, of, number, open);
    boolean had = missing(of) > 0;
    if (!forking.measure(of, ALONE)) {
      return false;
    }
    if (had) {
      progress.step();
    }
    Optional<String> enough = enough(log.result(of));
    enough.ifPresent(reason -> log.stop(of, reason));
    return enough.isEmpty();
  }

  private void tell(ProgressDisplay progress, Case of, int number, List<Case> open) {
    double left = 0;
    for (Case each : open) {
      left += Math.max(each.equals(of) ? 1 : 0, missing(each)) * forking.seconds(each);
    }
    Forking.tell(progress, String.format(Locale.ROOT, "%s, fork %d", of, number), left);
  }

  private Optional<String> enough(CaseResult result) {
    int forks = result.forks().size();
    if (forks < pace.fewest()) {
      return Optional.empty();
    }
    Estimate time = new Inference(ForkLevel.MEDIAN).time(result.samples());
    Optional<Interval> interval = time.interval(Inference.CONFIDENCE);
    if (interval.isPresent() && interval.get().relativeHalfWidth() <= pace.within()) {
      return Optional.of(String.format(Locale.ROOT, "known within %.1f%%", 100 * pace.within()));
    }
    return forks < pace.most()
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "%d forks, the most allowed, and not known within %.1f%%",
                forks,
                100 * pace.within()));
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
      if (!budget.passesWithin(forking.seconds(of)) && forking.measure(of, ALONE)) {
        log.stop(of, "measured again, since it was above its ceiling or is such a ceiling");
      }
    }
  }
}
