package dev.lockstep.bench.measure;

import dev.lockstep.bench.report.ForeignText;
import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.results.CaseTable;
import dev.lockstep.bench.results.RunEstimates;
import dev.lockstep.bench.results.RunResult;
import dev.lockstep.bench.statistics.Estimate;
import dev.lockstep.bench.statistics.ForkLevel;
import dev.lockstep.bench.statistics.Inference;
import dev.lockstep.bench.statistics.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * The results of a run as comma-separated values, with a line for each case and a column for each
 * axis.
 */
final class SummaryCsv {
  private static final Inference INFERENCE = new Inference(ForkLevel.MEDIAN);

  private SummaryCsv() {}

  /** Returns the lines, the header first. */
  static List<String> of(RunResult run) {
    Ceilings ceilings = new Ceilings(run.cases());
    RunEstimates estimates = RunEstimates.of(run, ForkLevel.MEDIAN);
    List<String> axes = CaseTable.axes(run.cases().stream().map(CaseResult::of).toList());
    List<String> lines = new ArrayList<>();
    lines.add(
        line(
            Stream.of(
                Stream.of("harness"),
                axes.stream(),
                Stream.of(
                    "ns",
                    "ns-low",
                    "ns-high",
                    "method",
                    "device-ns",
                    "forks",
                    "gflops",
                    "gbytes",
                    "share-of-ceiling",
                    "verified",
                    "stop",
                    "failure"))));
    for (CaseResult result : run.cases()) {
      lines.add(
          line(
              Stream.of(
                  Stream.of(result.of().harness()),
                  axes.stream().map(axis -> result.of().axis(axis).orElse("")),
                  figures(result, estimates, ceilings))));
    }
    return lines;
  }

  private static Stream<String> figures(
      CaseResult result, RunEstimates estimates, Ceilings ceilings) {
    if (result.forks().isEmpty()) {
      return Stream.of("", "", "", "", "", "0", "", "", "", "", result.stop(), result.failure());
    }
    Estimate time = estimates.time(result);
    String low =
        time.interval(Inference.CONFIDENCE).map(Interval::lower).map(SummaryCsv::number).orElse("");
    String high =
        time.interval(Inference.CONFIDENCE).map(Interval::upper).map(SummaryCsv::number).orElse("");
    return Stream.of(
        number(time.value()),
        low,
        high,
        time.method().label(),
        deviceTime(result),
        String.valueOf(result.forks().size()),
        number(Ceilings.rate(result)),
        result.bytes() == 0 ? "" : number(result.bytes() / time.value()),
        number(ceilings.share(result)),
        result.verified(),
        result.stop(),
        result.failure());
  }

  private static String deviceTime(CaseResult result) {
    return result.deviceSamples().map(forks -> number(INFERENCE.time(forks).value())).orElse("");
  }

  private static String number(OptionalDouble value) {
    return value.isPresent() ? number(value.getAsDouble()) : "";
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.6g", value);
  }

  private static String line(Stream<Stream<String>> fields) {
    return ForeignText.csvLine(fields.flatMap(each -> each));
  }
}
