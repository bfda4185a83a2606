package dev.lockstep.bench.measure;

import dev.lockstep.bench.cases.Harness;
import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.results.CaseTable;
import dev.lockstep.bench.results.RunEstimates;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.Table;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * The tables of all harnesses that are neither steps, products nor multiply-adds, one for each
 * harness.
 */
final class OtherTable {
  private OtherTable() {}

  static void print(
      List<CaseResult> results, RunEstimates estimates, Ceilings ceilings, Printer out) {
    for (Harness harness : Harness.values()) {
      if (harness == Harness.STEP || harness == Harness.PRODUCT || harness == Harness.CEILING_FMA) {
        continue;
      }
      List<CaseResult> all =
          results.stream().filter(each -> each.of().harness().equals(harness.label())).toList();
      if (!all.isEmpty()) {
        out.line(harness.label() + ", median [95%]");
        out.table(table(all, estimates, ceilings), 1);
        out.line();
      }
    }
  }

  private static Table table(List<CaseResult> results, RunEstimates estimates, Ceilings ceilings) {
    CaseTable table =
        new CaseTable(
            CaseTable.axes(results.stream().map(CaseResult::of).toList()),
            List.of(
                Table.text("ms"),
                Table.number("GB/s"),
                Table.number("GFLOP/s"),
                Table.number("of ceiling"),
                Table.text("verified")));
    for (CaseResult result : results) {
      table.row(
          result.of(),
          result.forks().isEmpty()
              ? List.of(Answer.nothing(result))
              : List.of(
                  Answer.milliseconds(estimates.time(result)),
                  figure(Ceilings.bandwidth(result)),
                  figure(Ceilings.rate(result)),
                  share(ceilings.share(result)),
                  result.verified()));
    }
    return table.table();
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
