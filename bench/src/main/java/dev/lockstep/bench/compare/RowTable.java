package dev.lockstep.bench.compare;

import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.results.CaseTable;
import dev.lockstep.bench.statistics.Estimate;
import dev.lockstep.bench.terminal.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The rows of one harness as a table. Axes with the same value in every row are listed above the
 * table; the others are columns.
 */
final class RowTable {

  private final List<Row> rows;
  private final List<String> fixed = new ArrayList<>();
  private final List<String> varying = new ArrayList<>();

  RowTable(List<Row> rows) {
    this.rows = rows;
    List<Case> cases = rows.stream().map(Row::of).toList();
    for (String axis : CaseTable.axes(cases)) {
      long values = cases.stream().map(of -> CaseTable.value(of, axis)).distinct().count();
      (values == 1 ? fixed : varying).add(axis);
    }
  }

  /** The axes with the same value in every row: {@code width=33 depth=2}, each after a space. */
  String common() {
    Case first = rows.getFirst().of();
    return fixed.stream()
        .map(axis -> " " + axis + "=" + CaseTable.value(first, axis))
        .collect(Collectors.joining());
  }

  Table table() {
    CaseTable table =
        new CaseTable(
            varying,
            List.of(
                Table.number("A ms"),
                Table.number("B ms"),
                Table.text("B / A [95%]"),
                Table.number("p"),
                Table.word("B is")));
    for (Row row : rows) {
      table.row(
          row.of(),
          List.of(
              milliseconds(row.a()),
              milliseconds(row.b()),
              CompareText.ratio(row.ratio()),
              probability(row),
              row.judgement().verdict().toString()));
    }
    return table.table();
  }

  /** The p-value behind the verdict; for an undecided row, that of a difference. */
  private static String probability(Row row) {
    double p =
        switch (row.judgement().verdict()) {
          case SAME -> row.judgement().sameness();
          case FASTER, SLOWER, UNDECIDED -> row.judgement().difference();
        };
    return p < 1e-4 ? "<0.0001" : String.format(Locale.ROOT, "%.4f", p);
  }

  private static String milliseconds(Estimate time) {
    double milliseconds = time.value() * 1e-6;
    String format = milliseconds < 1 ? "%.5f" : milliseconds < 1e4 ? "%.3f" : "%.0f";
    return String.format(Locale.ROOT, format, milliseconds);
  }
}
