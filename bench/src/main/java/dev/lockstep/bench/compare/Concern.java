package dev.lockstep.bench.compare;

import dev.lockstep.bench.ci.Issue.Severity;
import dev.lockstep.bench.compare.Row.Beyond;
import dev.lockstep.bench.statistics.Verdict;
import dev.lockstep.input.Labelled;
import java.util.Optional;

/** What a row gives reason to look at. */
enum Concern implements Labelled {
  /** B is shown to be slower, by more than the limit if there is one. */
  SLOWER,
  /** B could be slower by more than the limit. */
  COULD_BE_SLOWER,
  /** The forks do not tell which is faster. */
  UNDECIDED;

  /** Returns the concern about a row of a report; empty if there is none. */
  static Optional<Concern> of(Report report, Row row) {
    boolean slower =
        report.limit().isPresent()
            ? row.beyond() == Beyond.SHOWN
            : row.judgement().verdict() == Verdict.SLOWER;
    if (slower) {
      return Optional.of(SLOWER);
    }
    if (row.beyond() == Beyond.UNDECIDED) {
      return Optional.of(COULD_BE_SLOWER);
    }
    return row.judgement().verdict() == Verdict.UNDECIDED
        ? Optional.of(UNDECIDED)
        : Optional.empty();
  }

  /** Returns whether it fails the comparison if there is no baseline. */
  Severity severity(Report report) {
    boolean fails =
        switch (this) {
          case SLOWER -> report.limit().isPresent();
          case COULD_BE_SLOWER, UNDECIDED -> report.undecided() == Report.Undecided.FAIL;
        };
    return fails ? Severity.FAULT : Severity.FINDING;
  }

  @Override
  public String label() {
    return Labelled.hyphenated(this);
  }
}
