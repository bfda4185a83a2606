package dev.lockstep.bench.check;

import dev.lockstep.backend.Kind;
import dev.lockstep.bench.cells.CellResult;
import dev.lockstep.bench.cells.Code;
import dev.lockstep.bench.cells.Experiment;
import dev.lockstep.bench.cells.Interruption;
import dev.lockstep.bench.cells.Outcome;
import dev.lockstep.bench.ci.Baseline;
import dev.lockstep.bench.ci.Issue;
import dev.lockstep.bench.ci.Issue.Severity;
import dev.lockstep.bench.surroundings.Candidate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a check found, one by one: by backend, experiment and code. The text report, the
 * JSON, the annotations and the baseline are made of it.
 */
record CheckIssues(CheckReport report) {

  static final String EXACT_DATA = "exact-data";
  static final String EDGE_CASES = "edge-cases";
  static final String ZERO_WEIGHTS = "zero-weights";
  static final String AVAILABLE = "available";

  /**
   * One of them.
   *
   * @param where the name of the scenario, or of the experiment that is none
   * @param cell the scenario's result; null if it is none
   * @param text one sentence without backend and scenario
   * @param evidence output of the backend about it, line by line
   */
  record Found(
      Severity severity,
      Code code,
      String backend,
      String where,
      @Nullable CellResult cell,
      String text,
      List<String> evidence) {

    Issue issue() {
      return new Issue(severity, code.label(), backend, where, text);
    }

    /** Returns what those have in common that the text report states as one. */
    Object alike() {
      return switch (code) {
        case UNAVAILABLE, UNSUPPORTED -> List.of(code, backend, cell == null ? where : "", text);
        default -> List.of(code == Code.FAILED ? backend : "", where, text);
      };
    }
  }

  /** An experiment with its name. */
  private record Named(String name, Experiment<?> experiment, @Nullable CellResult cell) {}

  private Stream<Named> experiments() {
    return Stream.concat(
        Stream.of(
            new Named(EXACT_DATA, report.exactData(), null),
            new Named(EDGE_CASES, report.edgeCases(), null),
            new Named(ZERO_WEIGHTS, report.zeroStart(), null)),
        report.results().stream().map(each -> new Named(each.cell().name(), each, each)));
  }

  /** Returns faults, then what shows nothing, then findings. */
  List<Found> all() {
    return Stream.of(faults(), notShown(), findings()).flatMap(List::stream).toList();
  }

  /** Returns what fails a check. */
  List<Found> faults() {
    List<Found> faults = new ArrayList<>();
    experiments()
        .forEach(
            named -> {
              faults.addAll(complaints(named, false));
              faults.addAll(interruptions(named, Interruption::failed));
            });
    experiments()
        .forEach(
            named -> faults.addAll(interruptions(named, i -> !i.failed() && report.isOwed(i))));
    for (Candidate backend : report.chosen()) {
      backend
          .verdict()
          .filter(_ -> report.isOwed(backend))
          .ifPresent(
              why ->
                  faults.add(
                      new Found(
                          severity(backend.name()),
                          Code.UNAVAILABLE,
                          backend.name(),
                          AVAILABLE,
                          null,
                          why,
                          List.of())));
    }
    if (report.chosen().stream().noneMatch(Candidate::available)) {
      faults.add(
          new Found(
              Severity.EXACT_FAULT,
              Code.NO_BACKEND,
              "",
              AVAILABLE,
              null,
              "no backend could run",
              List.of()));
    }
    return faults;
  }

  /** Returns what shows nothing for the reason that the advice on the data gives. */
  List<Found> notShown() {
    // Zero weights before the scenarios; exact data are not the user's.
    return experiments().flatMap(named -> complaints(named, true).stream()).toList();
  }

  private List<Found> complaints(Named named, boolean explained) {
    return named.experiment().outcomes().stream()
        .filter(shown -> !shown.agrees() && report.explained(shown.verdict()) == explained)
        .map(
            shown ->
                new Found(
                    explained ? Severity.FAULT : severity(shown.backend()),
                    explained ? Code.NOT_SHOWN : shown.code(),
                    shown.backend(),
                    named.name(),
                    named.cell(),
                    shown.reason(),
                    List.of()))
        .toList();
  }

  private List<Found> interruptions(Named named, Predicate<Interruption> wanted) {
    return named.experiment().interruptions().stream()
        .filter(wanted)
        .map(
            i ->
                new Found(
                    severity(i.backend()),
                    i.code(),
                    i.backend(),
                    named.name(),
                    named.cell(),
                    i.toString(),
                    i.evidence()))
        .toList();
  }

  /** Returns what is remarkable about libraries, and no fault. */
  List<Found> findings() {
    List<Found> findings = new ArrayList<>();
    for (CellResult result : report.results()) {
      for (Outcome outcome : result.outcomes()) {
        outcome
            .finding()
            .ifPresent(text -> findings.add(finding(Code.LOCKSTEP_BROKEN, result, outcome, text)));
        outcome
            .splitFinding()
            .ifPresent(text -> findings.add(finding(Code.CLASSES_SPLIT, result, outcome, text)));
      }
    }
    return findings;
  }

  private static Found finding(Code code, CellResult result, Outcome outcome, String text) {
    return new Found(
        Severity.FINDING, code, outcome.backend(), result.cell().name(), result, text, List.of());
  }

  private Severity severity(String backend) {
    boolean exact =
        report.chosen().stream()
            .filter(candidate -> candidate.name().equals(backend))
            .map(Candidate::kind)
            .noneMatch(Kind::isLibrary);
    return exact ? Severity.EXACT_FAULT : Severity.FAULT;
  }

  /** Returns whether the check could have had the finding of a baseline's entry. */
  Predicate<Baseline.Entry> tested() {
    Set<List<String>> ran = new HashSet<>();
    experiments()
        .forEach(
            named -> {
              // A backend that broke down was tested for breaking down.
              Stream.concat(
                      named.experiment().outcomes().stream().map(Experiment.Shown::backend),
                      named.experiment().interruptions().stream()
                          .filter(Interruption::failed)
                          .map(Interruption::backend))
                  .forEach(
                      backend -> {
                        ran.add(List.of(backend, named.name()));
                        ran.add(List.of(backend, Baseline.EVERYWHERE));
                      });
            });
    report.chosen().forEach(backend -> ran.add(List.of(backend.name(), AVAILABLE)));
    return entry -> ran.contains(List.of(entry.backend(), entry.where()));
  }
}
