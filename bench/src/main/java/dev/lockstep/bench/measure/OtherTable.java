package dev.lockstep.bench.measure;

import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.statistics.ForkLevel;
import dev.lockstep.bench.statistics.Inference;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** What is neither a step nor a product, a harness after the other: each figure stands alone. */
final class OtherTable {
  private static final Inference INFERENCE = new Inference(ForkLevel.MEDIAN);

  private OtherTable() {}

  static List<String> of(List<CaseResult> results, Ceilings ceilings) {
    List<String> lines = new ArrayList<>();
    for (Harness harness : Harness.values()) {
      if (harness == Harness.STEP || harness == Harness.PRODUCT || harness == Harness.CEILING_FMA) {
        continue;
      }
      List<CaseResult> all =
          results.stream().filter(each -> each.of().harness().equals(harness.label())).toList();
      if (!all.isEmpty()) {
        lines.add(harness.label() + ", median [95%]");
        all.forEach(result -> lines.add(line(result, ceilings)));
        lines.add("");
      }
    }
    return lines;
  }

  private static String line(CaseResult result, Ceilings ceilings) {
    String axes =
        result.of().axes().entrySet().stream()
            .map(axis -> axis.getKey() + "=" + axis.getValue())
            .collect(Collectors.joining(" "));
    String name = String.format(Locale.ROOT, " %-82s ", axes);
    if (result.forks().isEmpty()) {
      return name + Answer.nothing(result);
    }
    return (name
            + String.format(
                Locale.ROOT,
                "%-28s ms%s%s%s  %s",
                Answer.milliseconds(INFERENCE.time(result.samples())),
                figure(Ceilings.bandwidth(result), " %8.1f GB/s", 14),
                figure(Ceilings.rate(result), " %8.1f GFLOP/s", 17),
                share(ceilings.share(result)),
                result.verified()))
        .stripTrailing();
  }

  private static String figure(OptionalDouble value, String format, int width) {
    return value.isPresent()
        ? String.format(Locale.ROOT, format, value.getAsDouble())
        : " ".repeat(width);
  }

  private static String share(OptionalDouble share) {
    return share.isPresent()
        ? String.format(Locale.ROOT, "  %3.0f%% of its ceiling", 100 * share.getAsDouble())
        : " ".repeat(22);
  }
}
