package dev.lockstep.bench.compare;

import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.ci.Baseline;
import dev.lockstep.bench.ci.Baseline.Judged;
import dev.lockstep.bench.ci.Issue;
import dev.lockstep.bench.ci.Issue.Severity;
import dev.lockstep.bench.compare.Row.Beyond;
import dev.lockstep.bench.statistics.Crossover;
import dev.lockstep.bench.statistics.ForkLevel;
import dev.lockstep.bench.statistics.NoiseFloor;
import dev.lockstep.bench.statistics.Verdict;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The result of a comparison.
 *
 * @param arms the two sides
 * @param level the statistic that represents a fork
 * @param floor the noise floor
 * @param rows one per pair of cases
 * @param crossovers one per case measured on two backends at several widths
 * @param leftOut one line for each case that could not be compared, with the reason
 * @param differences one line for each differing fact of the environments
 * @param limit the value of {@code --fail-if-slower} as a share
 * @param undecided how undecided rows affect the exit code
 * @param baseline what a baseline says about the rows; empty without one
 */
record Report(
    Arms arms,
    ForkLevel level,
    NoiseFloor floor,
    List<Row> rows,
    List<CrossoverLine> crossovers,
    List<String> leftOut,
    List<String> differences,
    Optional<Double> limit,
    Undecided undecided,
    Optional<Judged> baseline) {

  /** How undecided rows affect the exit code. */
  enum Undecided {
    /** They do not count. */
    PASS,
    /** They count like slower rows, as {@code --fail-if-undecided} asks. */
    FAIL
  }

  /**
   * The widths at which B overtakes A or A overtakes B.
   *
   * @param of the case without its width
   * @param smallest width compared
   * @param largest width compared
   */
  record CrossoverLine(Case of, int smallest, int largest, Crossover crossover) {}

  List<Row> rows(Beyond beyond) {
    return rows.stream().filter(row -> row.beyond() == beyond).toList();
  }

  long count(Verdict verdict) {
    return rows.stream().filter(row -> row.judgement().verdict() == verdict).count();
  }

  /** What counts or may count, a row at a time. */
  List<Issue> issues() {
    return rows.stream()
        .flatMap(
            row ->
                Concern.of(this, row).stream()
                    .map(
                        concern ->
                            new Issue(
                                concern.severity(this),
                                concern.label(),
                                backend(row),
                                row.of().toString(),
                                CompareText.perhaps(row))))
        .toList();
  }

  /** B's backend. */
  private String backend(Row row) {
    return arms.b().axis().equals(Axis.BACKEND)
        ? arms.b().value()
        : row.of().axis(Axis.BACKEND).orElseThrow();
  }

  /** Whether the comparison could have had the finding of a baseline's entry. */
  Predicate<Baseline.Entry> tested() {
    Set<List<String>> compared = new HashSet<>();
    for (Row row : rows) {
      compared.add(List.of(backend(row), row.of().toString()));
      compared.add(List.of(backend(row), Baseline.EVERYWHERE));
    }
    return entry -> compared.contains(List.of(entry.backend(), entry.where()));
  }

  /** This report with what a baseline says about it. */
  Report with(Optional<Judged> judged) {
    return new Report(
        arms, level, floor, rows, crossovers, leftOut, differences, limit, undecided, judged);
  }

  /**
   * 1 if a row is shown to be slower by more than the limit or, with {@link Undecided#FAIL}, is
   * undecided or may be slower; with a baseline, if a row is not in it that is slower, may be or is
   * undecided; otherwise 0.
   */
  int exitCode() {
    boolean fails =
        baseline
            .map(judged -> !judged.fresh().isEmpty())
            .orElseGet(() -> issues().stream().anyMatch(i -> i.severity() != Severity.FINDING));
    return fails ? 1 : 0;
  }
}
