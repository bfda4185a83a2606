package dev.lockstep.bench.check;

import dev.lockstep.agreement.Verdict;
import dev.lockstep.bench.Candidate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A check's table: a row for each backend that ran, then one for all that lack the same. */
final class CheckTable {

  private static final String NAME = "backend";
  private static final String KIND = "kind";

  private final CheckReport report;
  private final List<CellResult> results;

  CheckTable(CheckReport report) {
    this.report = report;
    results = report.results();
  }

  List<String> lines() {
    List<Candidate> running = report.chosen().stream().filter(Candidate::available).toList();
    int name = width(NAME, running.stream().map(Candidate::name).toList());
    int kind = width(KIND, running.stream().map(Candidate::label).toList());
    String format =
        String.format(Locale.ROOT, "  %%-%ds %%-%ds %%-36s %%-24s %%-20s %%s", name, kind);
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            format,
            NAME,
            KIND,
            "lockstep (equal)",
            "divergence (random)",
            "against " + report.reference(),
            "time"));
    for (Candidate backend : running) {
      List<Outcome> mine =
          results.stream().flatMap(r -> CheckReport.outcome(r, backend).stream()).toList();
      lines.add(
          String.format(
              Locale.ROOT,
              format,
              backend.name(),
              backend.label(),
              lockstep(backend, mine),
              divergence(backend),
              against(backend, mine),
              String.format(
                  Locale.ROOT, "%.1f s", mine.stream().mapToDouble(Outcome::seconds).sum())));
    }
    missing().forEach((reason, names) -> lines.add("  " + names + "  " + reason));
    return lines;
  }

  private static int width(String title, List<String> entries) {
    return Math.max(title.length(), entries.stream().mapToInt(String::length).max().orElse(0));
  }

  /** The names of those that cannot run, by what they lack. */
  private Map<String, String> missing() {
    Map<String, String> names = new LinkedHashMap<>();
    for (Candidate backend : report.chosen()) {
      backend
          .verdict()
          .ifPresent(reason -> names.merge(reason, backend.name(), (a, b) -> a + ", " + b));
    }
    return names;
  }

  private String lockstep(Candidate backend, List<Outcome> mine) {
    Optional<Interruption> interruption =
        results.stream()
            .flatMap(result -> result.interruptions().stream())
            .filter(i -> i.backend().equals(backend.name()))
            .min(Comparator.comparing(i -> !i.failed()));
    if (interruption.isPresent() && (mine.isEmpty() || interruption.get().failed())) {
      return interruption.get().verdict() + " " + interruption.get().when();
    }
    List<Outcome> asked =
        mine.stream().filter(o -> !(o.lockstep() instanceof LockstepState.NotAsked)).toList();
    if (asked.isEmpty()) {
      return "-";
    }
    if (asked.stream().anyMatch(o -> o.finding().isPresent())) {
      return "LOCKSTEP BROKEN (library order)";
    }
    if (asked.stream().anyMatch(o -> o.lockstep() instanceof LockstepState.Broken)) {
      return "BROKEN";
    }
    if (asked.stream().anyMatch(o -> o.lockstep() instanceof LockstepState.DidNotMove)) {
      return "INCONCLUSIVE (did not move)";
    }
    int least = asked.stream().mapToInt(Outcome::steps).min().orElse(0);
    int most = asked.stream().mapToInt(Outcome::steps).max().orElse(0);
    return "HELD  " + most + " steps" + (least < most ? " (" + least + " in large ones)" : "");
  }

  private String divergence(Candidate backend) {
    return results.stream()
        .filter(CellResult::random)
        .max(CheckText.WIDER)
        .flatMap(widest -> CheckReport.outcome(widest, backend))
        .map(o -> o.atLast().classes() + " of " + o.atLast().units() + " classes")
        .orElse("-");
  }

  private String against(Candidate backend, List<Outcome> mine) {
    if (backend.name().equals(report.reference())) {
      return "-";
    }
    return mine.stream()
        .flatMap(outcome -> outcome.agreements().stream())
        .filter(CheckTable::inColumn)
        .max(
            Comparator.<Agreement>comparingInt(a -> a.verdict() == Verdict.AGREES ? 0 : 1)
                .thenComparingDouble(Agreement::share))
        .map(Agreement::label)
        .orElse("-");
  }

  /** Tiers that have a line of their own are here only if they were not met. */
  private static boolean inColumn(Agreement agreement) {
    return switch (agreement.tier()) {
      case QUOTIENT -> false;
      case VERDICTS -> agreement.verdict() != Verdict.AGREES;
      case BITS, BOUND, SAMPLE, EXACT_DATA -> true;
    };
  }
}
