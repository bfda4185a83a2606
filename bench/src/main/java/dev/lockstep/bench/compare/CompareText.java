package dev.lockstep.bench.compare;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import dev.lockstep.bench.ci.BaselineText;
import dev.lockstep.bench.compare.Report.CrossoverLine;
import dev.lockstep.bench.compare.Row.Beyond;
import dev.lockstep.bench.statistics.Crossover.Crossing;
import dev.lockstep.bench.statistics.Crossover.Side;
import dev.lockstep.bench.statistics.Estimate;
import dev.lockstep.bench.statistics.Family.Ground;
import dev.lockstep.bench.statistics.Inference;
import dev.lockstep.bench.statistics.NoiseFloor;
import dev.lockstep.bench.statistics.Verdict;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.Table;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/** Prints a comparison: the two sides, one table per harness, and the verdict last. */
final class CompareText {

  private static final int INDENT = 4;

  private final Report report;
  private final Printer out;

  private CompareText(Report report, Printer out) {
    this.report = report;
    this.out = out;
  }

  static void print(Report report, Printer out) {
    CompareText text = new CompareText(report, out);
    text.arms();
    text.tables();
    text.grounds();
    report.crossovers().forEach(text::crossover);
    text.leftOut();
    out.line();
    report
        .baseline()
        .ifPresent(
            judged -> {
              BaselineText.print(judged, out);
              out.line();
            });
    text.verdict();
  }

  private void arms() {
    arm("A", report.arms().a());
    arm("B", report.arms().b());
    NoiseFloor floor = report.floor();
    say(
        "noise floor %.2g%%, %s; 95%% intervals over forks; Holm's method over all rows",
        100 * floor.difference(),
        floor.comparisons() == 0
            ? "not measured"
            : "of " + floor.comparisons() + " A/A comparisons");
    report.differences().forEach(line -> say("%s", line));
    out.line();
  }

  private void verdict() {
    String limit = report.limit().map(CompareText::percent).orElse("");
    List<Row> shown = report.rows(Beyond.SHOWN);
    shown.forEach(row -> conclude("SLOWER by more than %s: %s", limit, row.of()));
    report
        .rows(Beyond.UNDECIDED)
        .forEach(row -> conclude("COULD BE SLOWER by more than %s: %s", limit, perhaps(row)));
    conclude(
        "B is FASTER in %d, SLOWER in %d, SAME in %d and UNDECIDED in %d of %d %s%s.",
        report.count(Verdict.FASTER),
        report.count(Verdict.SLOWER),
        report.count(Verdict.SAME),
        report.count(Verdict.UNDECIDED),
        report.rows().size(),
        report.rows().size() == 1 ? "row" : "rows",
        limit.isEmpty() || !shown.isEmpty()
            ? ""
            : "; no row is shown to be slower by more than " + limit);
  }

  private void arm(String name, Arm arm) {
    say("%s: %s%s", name, arm.label(), arm.run().complete() ? "" : " (PARTIAL)");
  }

  private void say(String format, Object... values) {
    out.paragraph(String.format(Locale.ROOT, format, values), 0, INDENT);
  }

  private void conclude(String format, Object... values) {
    out.verdicts().paragraph(String.format(Locale.ROOT, format, values), 0, INDENT);
  }

  private void tables() {
    report.rows().stream()
        .collect(groupingBy(row -> row.of().harness(), LinkedHashMap::new, toList()))
        .forEach(
            (harness, rows) -> {
              RowTable table = new RowTable(rows);
              say("%s%s", harness, table.common());
              out.table(table.table(), 1);
              out.line();
            });
  }

  private void grounds() {
    for (Ground ground : Ground.values()) {
      long count = report.rows().stream().filter(row -> row.judgement().ground() == ground).count();
      if (ground != Ground.DECIDED && count > 0) {
        say("%d UNDECIDED: %s", count, ground.text());
      }
    }
  }

  private void crossover(CrossoverLine line) {
    List<Crossing> crossings = line.crossover().crossings();
    if (crossings.isEmpty()) {
      say("crossover (%s): none from width %d to %d", line.of(), line.smallest(), line.largest());
    }
    for (Crossing crossing : crossings) {
      if (crossing.interval().isPresent() && !crossing.isLocated()) {
        say(
            "crossover (%s): not located, neither is shown to be faster at any width from %d to %d",
            line.of(), line.smallest(), line.largest());
      } else {
        Arms arms = report.arms();
        say(
            "crossover (%s): width %.0f%s, %s faster above",
            line.of(),
            crossing.width(),
            crossing
                .interval()
                .map(ends -> " [" + width(ends.lower()) + " - " + width(ends.upper()) + "]")
                .orElse(", no interval"),
            (crossing.fasterAbove() == Side.SUBJECT ? arms.b() : arms.a()).value());
      }
    }
  }

  private static String width(double end) {
    return end > 0 && Double.isFinite(end) ? String.format(Locale.ROOT, "%.0f", end) : "open";
  }

  private void leftOut() {
    if (!report.leftOut().isEmpty()) {
      say("%d not compared:", report.leftOut().size());
      report.leftOut().forEach(line -> out.paragraph(line, 2, INDENT));
    }
  }

  /** A row that may be slower: {@code step backend=vector: 11.0x, UNDECIDED, 2 forks each}. */
  static String perhaps(Row row) {
    return String.format(
        Locale.ROOT,
        "%s: %sx, %s, %s",
        row.of(),
        figure(row.ratio().value()),
        row.judgement().verdict() == Verdict.UNDECIDED
            ? Verdict.UNDECIDED
            : row.judgement().verdict() + ", but by how much is UNDECIDED",
        row.forks());
  }

  /** A share as users write it, such as {@code 2.5%}. */
  static String percent(double share) {
    return String.format(Locale.ROOT, "%.6f", 100 * share).replaceAll("\\.?0+$", "") + "%";
  }

  /** A ratio with its interval: {@code 1.012 [0.998 - 1.026]}. */
  static String ratio(Estimate ratio) {
    return figure(ratio.value())
        + ratio
            .interval(Inference.CONFIDENCE)
            .map(
                interval ->
                    Table.unbroken(
                        "[" + figure(interval.lower()) + " - " + figure(interval.upper()) + "]"))
            .map(" "::concat)
            .orElse("");
  }

  private static String figure(double ratio) {
    if (ratio < 10) {
      return String.format(Locale.ROOT, "%.3f", ratio);
    }
    if (ratio < 1_000) {
      return String.format(Locale.ROOT, ratio < 100 ? "%.2f" : "%.1f", ratio);
    }
    return Double.isFinite(ratio) ? String.format(Locale.ROOT, "%.0e", ratio) : "inf";
  }
}
