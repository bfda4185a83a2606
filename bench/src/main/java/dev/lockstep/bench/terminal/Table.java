package dev.lockstep.bench.terminal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * A table laid out for a number of characters per line. If cells are too long, those of text
 * columns are wrapped between words; if that does not suffice, the table is split into several, one
 * below the other, each of which repeats the key columns.
 */
public final class Table {

  private static final String GAP = "  ";

  /** A placeholder for a blank at which a cell must not be wrapped. */
  private static final char FIXED_BLANK = '\u00a0';

  /** The least width of a column. */
  private static final int NARROWEST = 4;

  enum Form {
    TEXT,
    WORD,
    NUMBER
  }

  /** A column, created by {@link #text}, {@link #word} or {@link #number}. */
  public record Column(String title, Form form) {}

  /** A row; with fewer cells than the table has columns, the last cell is a remark. */
  private record Row(List<String> cells) {}

  private final List<Column> columns;
  private final int keys;
  private final List<Row> rows = new ArrayList<>();

  /**
   * Creates an empty table. If all titles are empty it has no heading.
   *
   * @param keys the number of key columns, counted from the first
   */
  public Table(int keys, List<Column> columns) {
    this.keys = keys;
    this.columns = List.copyOf(columns);
  }

  /** A column of text, wrapped between words if there is too little room. */
  public static Column text(String title) {
    return new Column(title, Form.TEXT);
  }

  /** A column of names, which stay on one line. */
  public static Column word(String title) {
    return new Column(title, Form.WORD);
  }

  /** A column of numbers, which stay on one line, flush right. */
  public static Column number(String title) {
    return new Column(title, Form.NUMBER);
  }

  /** Marks a part of a cell that must stay on one line. */
  public static String unbroken(String text) {
    return text.replace(' ', FIXED_BLANK);
  }

  /**
   * Adds a row. With fewer cells than columns, the last is a remark across the remaining columns.
   *
   * @throws IllegalArgumentException if there is no cell or there are more cells than columns
   */
  public Table row(String... cells) {
    if (cells.length == 0 || cells.length > columns.size()) {
      throw new IllegalArgumentException(cells.length + " cells of " + columns.size());
    }
    rows.add(new Row(List.of(cells)));
    return this;
  }

  /** Whether the table has no rows. */
  public boolean isEmpty() {
    return rows.isEmpty();
  }

  /** A copy whose cells are edited. */
  Table edited(UnaryOperator<String> edit) {
    Table table = new Table(keys, columns);
    rows.forEach(row -> table.rows.add(new Row(row.cells().stream().map(edit).toList())));
    return table;
  }

  /** The lines, heading first, each of at most {@code width} characters if words allow it. */
  public List<String> lines(int width) {
    int[] natural =
        IntStream.range(0, columns.size()).map(column -> longest(column, false)).toArray();
    int[] least = IntStream.range(0, columns.size()).map(column -> longest(column, true)).toArray();
    List<Integer> all = IntStream.range(0, columns.size()).boxed().toList();
    if (total(all, least) <= width) {
      return render(all, fitted(all, natural, least, width), width, true);
    }
    List<String> lines = new ArrayList<>();
    for (List<Integer> part : parts(least, width)) {
      boolean first = lines.isEmpty();
      if (!first) {
        lines.add("");
      }
      lines.addAll(render(part, fitted(part, natural, least, width), width, first));
    }
    return lines;
  }

  /** Splits the columns into groups that fit; each group begins with the key columns. */
  private List<List<Integer>> parts(int[] least, int width) {
    List<Integer> key = IntStream.range(0, keys).boxed().toList();
    List<List<Integer>> parts = new ArrayList<>();
    List<Integer> part = new ArrayList<>(key);
    for (int column = keys; column < columns.size(); column++) {
      part.add(column);
      if (total(part, least) > width && part.size() > keys + 1) {
        part.removeLast();
        parts.add(part);
        part = new ArrayList<>(key);
        part.add(column);
      }
    }
    parts.add(part);
    return parts;
  }

  private static int total(List<Integer> part, int[] widths) {
    return part.stream().mapToInt(column -> widths[column]).sum()
        + GAP.length() * (part.size() - 1);
  }

  /** Narrows the widest columns until all fit: first by wrapping, then by cutting words. */
  private static int[] fitted(List<Integer> part, int[] natural, int[] least, int width) {
    int[] widths = natural.clone();
    int[] narrowest = new int[widths.length];
    Arrays.setAll(narrowest, column -> Math.min(NARROWEST, least[column]));
    for (int[] limits : List.of(least, narrowest)) {
      while (total(part, widths) > width) {
        int widest =
            Collections.max(
                part,
                Comparator.comparingInt(
                    column -> widths[column] > limits[column] ? widths[column] : 0));
        if (widths[widest] <= limits[widest]) {
          break;
        }
        widths[widest]--;
      }
    }
    return widths;
  }

  /** The width a column needs; if wrapped, the width below which words would have to be cut. */
  private int longest(int column, boolean wrapped) {
    Column of = columns.get(column);
    int longest = longest(of.title, wrapped);
    for (Row row : rows) {
      if (!isRemark(row, column) && column < row.cells().size()) {
        longest =
            Math.max(longest, longest(row.cells().get(column), wrapped && of.form == Form.TEXT));
      }
    }
    return longest;
  }

  private static int longest(String text, boolean wrapped) {
    return wrapped
        ? Arrays.stream(text.split(" ", -1)).mapToInt(String::length).max().orElse(0)
        : text.length();
  }

  private boolean isRemark(Row row, int column) {
    return row.cells().size() < columns.size() && column == row.cells().size() - 1;
  }

  private List<String> render(List<Integer> part, int[] widths, int width, boolean remarks) {
    List<String> lines = new ArrayList<>();
    if (part.stream().anyMatch(column -> !columns.get(column).title.isEmpty())) {
      List<String> titles = columns.stream().map(column -> column.title).toList();
      lines.addAll(render(new Row(titles), part, widths, width));
    }
    for (Row row : rows) {
      if (remarks || row.cells().size() == columns.size()) {
        lines.addAll(render(row, part, widths, width));
      }
    }
    return lines;
  }

  private List<String> render(Row row, List<Integer> part, int[] widths, int width) {
    List<List<String>> cells = new ArrayList<>();
    int used = 0;
    for (int column : part) {
      if (column >= row.cells().size()) {
        break;
      }
      int room = isRemark(row, column) ? Math.max(NARROWEST, width - used) : widths[column];
      cells.add(Wrapping.within(row.cells().get(column), room));
      used += widths[column] + GAP.length();
    }
    int height = cells.stream().mapToInt(List::size).max().orElse(0);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < height; i++) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < cells.size(); c++) {
        String text = i < cells.get(c).size() ? cells.get(c).get(i) : "";
        String pad = " ".repeat(Math.max(0, widths[part.get(c)] - text.length()));
        boolean right = columns.get(part.get(c)).form == Form.NUMBER && !isRemark(row, part.get(c));
        line.append(c == 0 ? "" : GAP).append(right ? pad + text : text + pad);
      }
      lines.add(line.toString().replace(FIXED_BLANK, ' ').stripTrailing());
    }
    return lines;
  }
}
