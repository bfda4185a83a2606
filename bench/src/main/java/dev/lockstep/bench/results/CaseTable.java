package dev.lockstep.bench.results;

import dev.lockstep.bench.terminal.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** A table of cases: a column for each axis, which tell the rows apart, then the figures. */
public final class CaseTable {

  private final List<String> axes;
  private final Table table;

  /**
   * An empty table.
   *
   * @param axes that have a column
   */
  public CaseTable(List<String> axes, List<Table.Column> figures) {
    this.axes = List.copyOf(axes);
    table =
        new Table(
            axes.size(), Stream.concat(axes.stream().map(Table::word), figures.stream()).toList());
  }

  /** All axes that any of the cases has, in their order. */
  public static List<String> axes(Collection<Case> cases) {
    return cases.stream().flatMap(of -> of.axes().keySet().stream()).distinct().toList();
  }

  /** The value of an axis, or a dash for a case that does not have it. */
  public static String value(Case of, String axis) {
    return of.axis(axis).orElse("-");
  }

  /** Adds a row. The last of too few figures is a remark, and takes the place of all others. */
  public void row(Case of, List<String> figures) {
    List<String> cells = new ArrayList<>();
    axes.forEach(axis -> cells.add(value(of, axis)));
    cells.addAll(figures);
    table.row(cells.toArray(String[]::new));
  }

  /** The table as it stands. */
  public Table table() {
    return table;
  }
}
