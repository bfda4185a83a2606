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
 * @param beyond the rows that are slower by more than the limit
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
    List<Row> beyond) {

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

  /** 1 if a row is slower by more than the limit. */
  int exitCode() {
    return beyond.isEmpty() ? 0 : 1;
  }
}
