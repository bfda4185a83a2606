package dev.lockstep.bench.compare;

import dev.lockstep.bench.statistics.Estimate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The rows of one harness. Axes that have one value in all of them stand above the table, the
 * others are columns; where those would leave no room, each row has a line for them.
 */
final class RowTable {

  private static final int ROOM = 36;
  private static final String FIGURES = "%10s %10s  %-23s %7s %-9s";

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

  List<String> lines() {
    String title = String.format(Locale.ROOT, FIGURES, "A ms", "B ms", "B / A [95%]", "p", "B is");
    List<String> lines = new ArrayList<>();
    int width = varying.stream().mapToInt(axis -> width(axis) + 1).sum();
    if (width > ROOM) {
      lines.add("    " + title);
      for (Row row : rows) {
        StringBuilder name = new StringBuilder();
        varying.forEach(axis -> name.append(' ').append(axis).append('=').append(value(row, axis)));
        lines.addAll(Wrapping.of(name.toString()));
        lines.add("    " + figures(row));
      }
    } else {
      StringBuilder names = new StringBuilder();
      varying.forEach(axis -> names.append(padded(axis, axis)));
      lines.add(names + title);
      for (Row row : rows) {
        StringBuilder values = new StringBuilder();
        varying.forEach(axis -> values.append(padded(axis, value(row, axis))));
        lines.add(values + figures(row));
      }
    }
    return lines.stream().map(String::stripTrailing).toList();
  }

  private int width(String axis) {
    return Math.max(
        axis.length(), rows.stream().mapToInt(row -> value(row, axis).length()).max().orElse(0));
  }

  private String padded(String axis, String value) {
    return " " + value + " ".repeat(width(axis) - value.length());
  }

  /** The p-value is that of the verdict; of an undecided row, that of a difference. */
  private static String figures(Row row) {
    double p =
        switch (row.judgement().verdict()) {
          case SAME -> row.judgement().sameness();
          case FASTER, SLOWER, UNDECIDED -> row.judgement().difference();
        };
    return String.format(
        Locale.ROOT,
        FIGURES,
        milliseconds(row.a()),
        milliseconds(row.b()),
        CompareText.ratio(row.ratio()),
        p < 1e-4 ? "<0.0001" : String.format(Locale.ROOT, "%.4f", p),
        row.judgement().verdict());
  }

  private static String milliseconds(Estimate time) {
    double milliseconds = time.value() * 1e-6;
    String format = milliseconds < 1 ? "%.5f" : milliseconds < 1e4 ? "%.3f" : "%.0f";
    return String.format(Locale.ROOT, format, milliseconds);
  }
}
