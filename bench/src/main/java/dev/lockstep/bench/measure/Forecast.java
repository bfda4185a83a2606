package dev.lockstep.bench.measure;

import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.cases.Harness;
import dev.lockstep.bench.flags.Budget;
import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.terminal.Printer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How long forks will take. A case's last fork tells; before its first, an estimate from the pace
 * and the operations of a call, corrected by what such estimates were worth for other cases of the
 * same harness and backend.
 */
final class Forecast {

  /** Assumed operations per nanosecond of a call that takes longer than an iteration. */
  private static final double GIGAFLOPS = 100;

  private final Pace pace;
  private final Map<Case, Double> lastSeconds = new LinkedHashMap<>();

  Forecast(Pace pace) {
    this.pace = pace;
  }

  /** Takes the lengths of forks that an earlier part of the run measured. */
  void learn(List<CaseResult> earlier) {
    for (CaseResult result : earlier) {
      if (!result.forks().isEmpty()) {
        learn(result.of(), result.forks().getLast().seconds());
      }
    }
  }

  /** Takes the length of a fork. */
  void learn(Case of, double seconds) {
    lastSeconds.put(of, seconds);
  }

  /** Returns the seconds that a fork of a case will take. */
  double seconds(Case of) {
    Double last = lastSeconds.get(of);
    if (last != null) {
      return last;
    }
    double known = 0;
    double guessed = 0;
    for (Map.Entry<Case, Double> each : lastSeconds.entrySet()) {
      if (isLike(of, each.getKey())) {
        known += each.getValue();
        guessed += guess(each.getKey());
      }
    }
    return guess(of) * (guessed == 0 ? 1 : known / guessed);
  }

  private static boolean isLike(Case a, Case b) {
    return a.harness().equals(b.harness()) && a.axis(Axis.BACKEND).equals(b.axis(Axis.BACKEND));
  }

  private double guess(Case of) {
    Harness harness = Harness.of(of);
    double call = harness.flops(of) / GIGAFLOPS * 1e-9;
    double iteration = Math.max(pace.iteration().toMillis() * 1e-3, call);
    return harness.startSeconds()
        + switch (harness.clock()) {
          case MANY_CALLS -> (pace.warmUps() + pace.iterations()) * iteration;
          case SINGLE_SHOT -> call;
        };
  }

  /** Returns the seconds that so many forks of each case will take. */
  double seconds(Map<Case, Integer> forks) {
    return forks.entrySet().stream()
        .mapToDouble(each -> each.getValue() * seconds(each.getKey()))
        .sum();
  }

  /** Says on standard error what a run will take, unless nothing is left to measure. */
  void announce(Map<Case, Integer> fewest, Map<Case, Integer> most, Budget budget) {
    if (!fewest.isEmpty()) {
      Printer.progress().line("lockstep: " + text(fewest, most, budget));
    }
  }

  /**
   * Returns what a run will take, as a sentence.
   *
   * @param fewest forks that each case gets in any case
   * @param most forks that each case may get
   */
  String text(Map<Case, Integer> fewest, Map<Case, Integer> most, Budget budget) {
    String least = forks(fewest);
    String atMost = forks(most);
    return String.format(
        Locale.ROOT,
        "%d case%s, %s%s%s",
        fewest.size(),
        fewest.size() == 1 ? "" : "s",
        least,
        atMost.equals(least) ? "" : ", and at most " + atMost,
        budget(seconds(fewest), seconds(most), budget));
  }

  private String forks(Map<Case, Integer> of) {
    int count = of.values().stream().mapToInt(Integer::intValue).sum();
    return String.format(
        Locale.ROOT,
        "%d fork%s in about %s",
        count,
        count == 1 ? "" : "s",
        Budget.text(Math.round(seconds(of))));
  }

  private static String budget(double fewest, double most, Budget budget) {
    if (budget.whole().isEmpty()) {
      return "";
    }
    String whole = Budget.text(budget.whole().get().toSeconds());
    if (budget.passesWithin(fewest)) {
      return "; the budget of "
          + whole
          + " ends before every case has its fewest forks: choose fewer cases, forks or iterations";
    }
    return budget.passesWithin(most)
        ? "; the budget of " + whole + " suffices for the fewest forks"
        : "; the budget of " + whole + " suffices";
  }
}
