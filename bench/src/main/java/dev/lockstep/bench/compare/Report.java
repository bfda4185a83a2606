package dev.lockstep.bench.compare;

import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.compare.Row.Beyond;
import dev.lockstep.bench.statistics.Crossover;
import dev.lockstep.bench.statistics.ForkLevel;
import dev.lockstep.bench.statistics.NoiseFloor;
import dev.lockstep.bench.statistics.Verdict;
import java.util.List;
import java.util.Optional;

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
    Undecided undecided) {

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

  /**
   * 1 if a row is shown to be slower by more than the limit or, with {@link Undecided#FAIL}, is
   * undecided or may be slower; otherwise 0.
   */
  int exitCode() {
    boolean open = count(Verdict.UNDECIDED) > 0 || !rows(Beyond.UNDECIDED).isEmpty();
    return rows(Beyond.SHOWN).isEmpty() && !(open && undecided == Undecided.FAIL) ? 0 : 1;
  }
}
