package dev.lockstep.bench.measure;

import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.statistics.ForkLevel;
import dev.lockstep.bench.statistics.Inference;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.Table;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;

/** What is neither a step nor a product, a harness after the other: each figure stands alone. */
final class OtherTable {
  private static final Inference INFERENCE = new Inference(ForkLevel.MEDIAN);

  private OtherTable() {}

  static void print(List<CaseResult> results, Ceilings ceilings, Printer out) {
    for (Harness harness : Harness.values()) {
      if (harness == Harness.STEP || harness == Harness.PRODUCT || harness == Harness.CEILING_FMA) {
        continue;
      }
      List<CaseResult> all =
          results.stream().filter(each -> each.of().harness().equals(harness.label())).toList();
      if (!all.isEmpty()) {
        out.line(harness.label() + ", median [95%]");
        out.table(table(all, ceilings), 1);
        out.line();
      }
    }
  }

  private static Table table(List<CaseResult> results, Ceilings ceilings) {
    Set<String> axes = new LinkedHashSet<>();
    results.forEach(result -> axes.addAll(result.of().axes().keySet()));
    List<Table.Column> columns = new ArrayList<>();
    axes.forEach(axis -> columns.add(Table.word(axis)));
    columns.addAll(
        List.of(
            Table.text("ms"),
            Table.number("GB/s"),
            Table.number("GFLOP/s"),
            Table.number("of ceiling"),
            Table.text("verified")));
    Table table = new Table(axes.size(), columns);
    for (CaseResult result : results) {
      List<String> row = new ArrayList<>();
      axes.forEach(axis -> row.add(result.of().axis(axis).orElse("-")));
      if (result.forks().isEmpty()) {
        row.add(Answer.nothing(result));
      } else {
        row.addAll(
            List.of(
                Answer.milliseconds(INFERENCE.time(result.samples())),
                figure(Ceilings.bandwidth(result)),
                figure(Ceilings.rate(result)),
                share(ceilings.share(result)),
                result.verified()));
      }
      table.row(row.toArray(String[]::new));
    }
    return table;
  }

  private static String figure(OptionalDouble value) {
    return value.isPresent() ? String.format(Locale.ROOT, "%.1f", value.getAsDouble()) : "-";
  }

  private static String share(OptionalDouble share) {
    return share.isPresent()
        ? String.format(Locale.ROOT, "%.0f%%", 100 * share.getAsDouble())
        : "-";
  }
}
