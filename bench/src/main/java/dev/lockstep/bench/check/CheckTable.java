package dev.lockstep.bench.check;

import dev.lockstep.agreement.Tier;
import dev.lockstep.agreement.Verdict;
import dev.lockstep.backend.Kind;
import dev.lockstep.bench.cells.Agreement;
import dev.lockstep.bench.cells.CellResult;
import dev.lockstep.bench.cells.Interruption;
import dev.lockstep.bench.cells.LockstepState;
import dev.lockstep.bench.cells.Outcome;
import dev.lockstep.bench.surroundings.Candidate;
import dev.lockstep.bench.terminal.Table;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The table of a check: one row for each backend that can run. */
record CheckTable(CheckReport report) {

  Table table() {
    Table table =
        new Table(
            1,
            List.of(
                Table.word("backend"),
                Table.text("kind"),
                Table.text("equal units"),
                Table.text("random units"),
                Table.text("against " + report.reference()),
                Table.number("time")));
    for (Candidate backend : report.chosen()) {
      if (backend.available()) {
        List<Outcome> mine =
            report.results().stream().flatMap(r -> r.outcome(backend).stream()).toList();
        table.row(
            backend.name(),
            backend.label(),
            lockstep(backend, mine),
            classes(backend),
            against(backend, mine),
            Table.unbroken(
                String.format(
                    Locale.ROOT, "%.1f s", mine.stream().mapToDouble(Outcome::seconds).sum())));
      }
    }
    return table;
  }

  private String lockstep(Candidate backend, List<Outcome> mine) {
    Optional<Interruption> interruption =
        report.results().stream()
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
    return "HELD " + most + " steps" + (least < most ? " (" + least + " in large ones)" : "");
  }

  private String classes(Candidate backend) {
    Optional<Outcome> widest =
        report.results().stream()
            .filter(CellResult::random)
            .max(CheckClaims.WIDER)
            .flatMap(result -> result.outcome(backend));
    if (widest.isPresent() && widest.get().fault() != null) {
      return Verdict.INCONCLUSIVE.toString();
    }
    return widest
        .map(Outcome::atLast)
        .map(
            last ->
                (last.classes() < last.units() ? last.classes() + " of " : "")
                    + (last.units() + " classes"))
        .orElse("-");
  }

  private String against(Candidate backend, List<Outcome> mine) {
    if (backend.name().equals(report.reference())) {
      return "-";
    }
    Comparator<Agreement> worse =
        Comparator.<Agreement>comparingInt(a -> gravity(a.verdict()))
            .thenComparingDouble(agreement -> agreement.visible().error())
            .thenComparingDouble(Agreement::share);
    Optional<Agreement> worst = inColumn(mine.stream()).max(worse);
    if (worst.isPresent() && worst.get().tier() == Tier.OPERATIONS && worst.get().agrees()) {
      // Gradients of equal units cancel to rounding errors, in which no relative error shows.
      worst =
          inColumn(
                  report.results().stream()
                      .filter(CellResult::random)
                      .flatMap(result -> result.outcome(backend).stream()))
              .max(worse)
              .or(() -> inColumn(mine.stream()).max(worse));
    }
    return worst.map(Agreement::label).orElse("-");
  }

  private static Stream<Agreement> inColumn(Stream<Outcome> outcomes) {
    return outcomes.flatMap(
        outcome ->
            outcome.agreements().stream()
                .filter(agreement -> inColumn(agreement) && !isContained(agreement, outcome)));
  }

  /**
   * Returns whether operations agree of which bits say more: the products of a library have the
   * bits of their replay, and the rest is compared bit for bit in any case.
   */
  private static boolean isContained(Agreement agreement, Outcome outcome) {
    return agreement.tier() == Tier.OPERATIONS
        && agreement.agrees()
        && outcome.kind() == Kind.LIBRARY
        && outcome.agreements().stream().anyMatch(a -> a.tier() == Tier.OWN_ORDER && a.agrees());
  }

  private static int gravity(Verdict verdict) {
    return switch (verdict) {
      case AGREES -> 0;
      case DIFFERS -> 3;
      case ALARM -> 2;
      case INCONCLUSIVE, FAILED, UNAVAILABLE, UNSUPPORTED -> 1;
    };
  }

  /**
   * Returns whether the table shows an agreement. Tiers with a claim of their own appear only if
   * they failed.
   */
  private static boolean inColumn(Agreement agreement) {
    return switch (agreement.tier()) {
      case QUOTIENT -> false;
      case VERDICTS -> agreement.verdict() != Verdict.AGREES;
      case BITS, OWN_ORDER, OPERATIONS, BOUND, SAMPLE, EXACT_DATA, EDGE_CASES -> true;
    };
  }
}
