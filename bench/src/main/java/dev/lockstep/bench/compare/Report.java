package dev.lockstep.bench.compare;

import dev.lockstep.bench.results.Case;
import dev.lockstep.bench.statistics.Crossover;
import dev.lockstep.bench.statistics.ForkLevel;
import dev.lockstep.bench.statistics.NoiseFloor;
import dev.lockstep.bench.statistics.Verdict;
import java.util.List;
import java.util.OptionalDouble;

/**
 * All that a comparison says.
 *
 * @param arms the two sides
 * @param level what stands for a fork
 * @param floor below which nothing is called different
 * @param rows one a comparison
 * @param crossovers where two backends were compared at several widths
 * @param leftOut a line for each case that could not be compared, with the reason
 * @param differences a line for each fact of the surroundings that differs
 * @param limit of {@code --fail-if-slower}, as a share
 * @param beyond the rows that are shown to be slower by more than the limit
 * @param perhapsBeyond the rows whose ratio is beyond the limit, which too few or too different
 *     forks neither show nor rule out
 * @param undecided what rows are taken for that are not decided
 */
record Report(
    Arms arms,
    ForkLevel level,
    NoiseFloor floor,
    List<Row> rows,
    List<CrossoverLine> crossovers,
    List<String> leftOut,
    List<String> differences,
    OptionalDouble limit,
    List<Row> beyond,
    List<Row> perhapsBeyond,
    Undecided undecided) {

  /** What rows are taken for that are not decided. */
  enum Undecided {
    /** No reason to fail. */
    PASS,
    /** As bad as slower ones: of {@code --fail-if-undecided}. */
    FAIL
  }

  /**
   * Widths where B overtakes A or the reverse.
   *
   * @param of what has several widths
   * @param smallest width compared
   * @param largest width compared
   */
  record CrossoverLine(Case of, int smallest, int largest, Crossover crossover) {}

  /** How many rows have a verdict. */
  long count(Verdict verdict) {
    return rows.stream().filter(row -> row.judgement().verdict() == verdict).count();
  }

  /** 1 if a row is slower by more than the limit or, if that counts, may be, or is undecided. */
  int exitCode() {
    boolean open = count(Verdict.UNDECIDED) > 0 || !perhapsBeyond.isEmpty();
    return beyond.isEmpty() && !(open && undecided == Undecided.FAIL) ? 0 : 1;
  }
}
