package dev.lockstep.bench.compare;

import dev.lockstep.bench.statistics.Estimate;
import dev.lockstep.bench.terminal.Table;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The rows of one harness. Axes that have one value in all of them stand above the table, the
 * others are columns.
 */
final class RowTable {

  private final List<Row> rows;
  private final List<String> fixed = new ArrayList<>();
  private final List<String> varying = new ArrayList<>();

  RowTable(List<Row> rows) {
    this.rows = rows;
    Set<String> axes = new LinkedHashSet<>();
    rows.forEach(row -> axes.addAll(row.of().axes().keySet()));
    for (String axis : axes) {
      long values = rows.stream().map(row -> value(row, axis)).distinct().count();
      (values == 1 ? fixed : varying).add(axis);
    }
  }

  private static String value(Row row, String axis) {
    return row.of().axis(axis).orElse("-");
  }

  /** What all rows have alike, as {@code width=33}. */
  String common() {
    StringBuilder text = new StringBuilder();
    fixed.forEach(
        axis -> text.append(" ").append(axis).append('=').append(value(rows.getFirst(), axis)));
    return text.toString();
  }

  Table table() {
    List<Table.Column> columns = new ArrayList<>();
    varying.forEach(axis -> columns.add(Table.word(axis)));
    columns.addAll(
        List.of(
            Table.number("A ms"),
            Table.number("B ms"),
            Table.text("B / A [95%]"),
            Table.number("p"),
            Table.word("B is")));
    Table table = new Table(varying.size(), columns);
    for (Row row : rows) {
      List<String> cells = new ArrayList<>();
      varying.forEach(axis -> cells.add(value(row, axis)));
      cells.addAll(
          List.of(
              milliseconds(row.a()),
              milliseconds(row.b()),
              CompareText.ratio(row.ratio()),
              probability(row),
              row.judgement().verdict().toString()));
      table.row(cells.toArray(String[]::new));
    }
    return table;
  }

  /** The p-value is that of the verdict; of an undecided row, that of a difference. */
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
