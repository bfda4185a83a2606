package dev.lockstep.bench.results;

import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.terminal.Table;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** A table of cases: key columns for the axes, then columns of figures. */
public final class CaseTable {

  private final List<String> axes;
  private final Table table;

  /**
   * Creates an empty table.
   *
   * @param axes the axes with a column
   * @param figures the other columns
   */
  public CaseTable(List<String> axes, List<Table.Column> figures) {
    this.axes = List.copyOf(axes);
    table =
        new Table(
            axes.size(), Stream.concat(axes.stream().map(Table::word), figures.stream()).toList());
  }

  /** All axes of the cases, in the order of their first occurrence. */
  public static List<String> axes(Collection<Case> cases) {
    return cases.stream().flatMap(of -> of.axes().keySet().stream()).distinct().toList();
  }

  /** The value of an axis, or a dash for a case without it. */
  public static String value(Case of, String axis) {
    return of.axis(axis).orElse("-");
  }

  /** Adds a row. With fewer figures than columns, the last is a remark across the rest. */
  public void row(Case of, List<String> figures) {
    table.row(
        Stream.concat(axes.stream().map(axis -> value(of, axis)), figures.stream())
            .toArray(String[]::new));
  }

  /** The table with all rows added so far. */
  public Table table() {
    return table;
  }
}
