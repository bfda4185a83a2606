package dev.lockstep.bench.measure;

import dev.lockstep.bench.results.Case;
import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.results.RunResult;
import dev.lockstep.bench.statistics.Blocks;
import dev.lockstep.bench.statistics.Crossover;
import dev.lockstep.bench.statistics.Estimate;
import dev.lockstep.bench.statistics.ForkLevel;
import dev.lockstep.bench.statistics.Inference;
import dev.lockstep.bench.statistics.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** A run's results as text: a table for all steps of one kind, one for products, ceilings last. */
final class Answer {
  private static final String BASELINE = "vector";
  private static final Inference INFERENCE = new Inference(ForkLevel.MEDIAN);

  private final RunResult run;
  private final Ceilings ceilings;
  private final List<String> lines = new ArrayList<>();

  private Answer(RunResult run) {
    this.run = run;
    ceilings = new Ceilings(run.cases());
  }

  /** The lines. */
  static List<String> of(RunResult run) {
    Answer answer = new Answer(run);
    answer.steps();
    answer.products();
    answer.lines.addAll(OtherTable.of(run.cases(), answer.ceilings));
    answer.ceilings();
    answer.footer();
    return answer.lines;
  }

  private void steps() {
    Map<List<String>, List<CaseResult>> kinds = new LinkedHashMap<>();
    for (CaseResult result : of(Harness.STEP)) {
      Case of = result.of();
      kinds
          .computeIfAbsent(
              List.of(
                  "W-".repeat(of.number(Axis.DEPTH)),
                  of.axis(Axis.ACTIVATION).orElseThrow(),
                  of.axis(Axis.BATCH).orElseThrow(),
                  of.axis(Axis.INIT).orElseThrow(),
                  of.axis(Axis.THREADS).orElseThrow()),
              _ -> new ArrayList<>())
          .add(result);
    }
    kinds.forEach(
        (kind, results) -> {
          lines.add(
              String.format(
                  Locale.ROOT,
                  "training step, %d-%s%d %s, batch %s, units %s, median [95%%]; CPU %s",
                  Harness.INPUTS,
                  kind.get(0),
                  Harness.CLASSES,
                  kind.get(1),
                  kind.get(2),
                  kind.get(3),
                  threads(kind.get(4))));
          lines.add(
              String.format(
                  Locale.ROOT,
                  " %-6s %-15s %-28s %9s %8s %10s  %-24s %s",
                  "width",
                  "backend",
                  "ms/step",
                  "samples/s",
                  "GFLOP/s",
                  "of ceiling",
                  against(),
                  "verified"));
          results.forEach(result -> step(result, results));
          crossovers(results);
          lines.add("");
        });
  }

  private static String threads(String count) {
    return count.equals("1") ? "1 thread" : count + " threads";
  }

  private void step(CaseResult result, List<CaseResult> among) {
    Case of = result.of();
    String name =
        String.format(Locale.ROOT, " %-6s %-15s ", of.axis(Axis.WIDTH).orElseThrow(), name(of));
    if (result.forks().isEmpty()) {
      lines.add(name + nothing(result));
      return;
    }
    Estimate time = INFERENCE.time(result.samples());
    lines.add(
        (name
                + String.format(
                    Locale.ROOT,
                    "%-28s %9.0f %s",
                    milliseconds(time),
                    of.number(Axis.BATCH) / (time.value() * 1e-9),
                    rates(result, among)))
            .stripTrailing());
  }

  /** The backend, and of two builds which one. */
  private static String name(Case of) {
    String backend = of.axis(Axis.BACKEND).orElseThrow();
    return of.axis(Plan.BUILD).map(build -> backend + ", " + build).orElse(backend);
  }

  /** What a result is held against: this build beside another, or else the baseline's backend. */
  private static Case baseline(Case of) {
    return of.axis(Plan.BUILD).isPresent()
        ? of.with(Plan.BUILD, Plan.THIS_BUILD)
        : of.with(Axis.BACKEND, BASELINE);
  }

  private String against() {
    boolean builds =
        run.cases().stream().anyMatch(result -> result.of().axis(Plan.BUILD).isPresent());
    return "against " + (builds ? "this" : BASELINE);
  }

  private void products() {
    List<CaseResult> all = of(Harness.PRODUCT);
    if (all.isEmpty()) {
      return;
    }
    lines.add("product C = op(A) op(B), median [95%]");
    lines.add(
        String.format(
            Locale.ROOT,
            " %-15s %-4s %-7s %-15s %-28s %8s %10s  %-24s %s",
            "m x n x k",
            "form",
            "threads",
            "backend",
            "ms",
            "GFLOP/s",
            "of ceiling",
            against(),
            "verified"));
    for (CaseResult result : all) {
      Case of = result.of();
      String name =
          String.format(
              Locale.ROOT,
              " %-15s %-4s %-7s %-15s ",
              of.axis(Axis.SHAPE).orElseThrow(),
              of.axis(Axis.FORM).orElseThrow(),
              of.axis(Axis.THREADS).orElseThrow(),
              name(of));
      lines.add(
          (name
                  + (result.forks().isEmpty()
                      ? nothing(result)
                      : String.format(
                          Locale.ROOT,
                          "%-28s %s",
                          milliseconds(INFERENCE.time(result.samples())),
                          rates(result, all))))
              .stripTrailing());
    }
    lines.add("");
  }

  /** GFLOP/s, share of the ceiling, against the baseline, how it was verified. */
  private String rates(CaseResult result, List<CaseResult> among) {
    OptionalDouble share = ceilings.share(result);
    return String.format(
        Locale.ROOT,
        "%8.1f %10s  %-24s %s",
        Ceilings.rate(result).orElse(Double.NaN),
        share.isPresent() ? String.format(Locale.ROOT, "%.0f%%", 100 * share.getAsDouble()) : "-",
        against(result, among),
        result.verified()
            + (share.orElse(0) > Ceilings.SUSPECT ? "  SUSPECT: above its ceiling" : ""));
  }

  private static String against(CaseResult result, List<CaseResult> among) {
    Case baseline = baseline(result.of());
    if (result.of().equals(baseline)) {
      return "1";
    }
    return among.stream()
        .filter(other -> other.of().equals(baseline))
        .filter(other -> !other.forks().isEmpty())
        .findFirst()
        .map(other -> ratio(other, result))
        .map(ratio -> text(ratio, 1, "%.2f") + " x")
        .orElse("-");
  }

  /** The subject's time over the baseline's, paired if they ran in blocks. */
  private static Estimate ratio(CaseResult subject, CaseResult baseline) {
    List<Blocks.Block> blocks = subject.blocksBeside(baseline);
    return blocks.isEmpty()
        ? INFERENCE.ratio(subject.samples(), baseline.samples())
        : INFERENCE.ratio(new Blocks(blocks), 1);
  }

  /** Where a backend overtakes the baseline, of steps that differ in width and backend alone. */
  private void crossovers(List<CaseResult> results) {
    Map<String, List<Crossover.Point>> points = new LinkedHashMap<>();
    for (CaseResult result : results) {
      String backend = result.of().axis(Axis.BACKEND).orElseThrow();
      if (backend.equals(BASELINE) || result.forks().isEmpty()) {
        continue;
      }
      results.stream()
          .filter(other -> other.of().axis(Axis.BACKEND).orElseThrow().equals(BASELINE))
          .filter(other -> other.of().axis(Axis.WIDTH).equals(result.of().axis(Axis.WIDTH)))
          .filter(other -> !other.forks().isEmpty())
          .findFirst()
          .ifPresent(
              baseline ->
                  points
                      .computeIfAbsent(backend, _ -> new ArrayList<>())
                      .add(
                          new Crossover.Point(
                              result.of().number(Axis.WIDTH), ratio(result, baseline))));
    }
    points.forEach(
        (backend, at) -> {
          for (Crossover.Crossing crossing : Crossover.of(at).crossings()) {
            lines.add(
                String.format(
                    Locale.ROOT,
                    "crossover %s / %s: width %.0f%s",
                    BASELINE,
                    backend,
                    crossing.width(),
                    between(crossing)));
          }
        });
  }

  /** The interval of a crossing; an end that lies outside of the widths measured is left open. */
  private static String between(Crossover.Crossing crossing) {
    if (crossing.interval().isEmpty() || !crossing.isLocated()) {
      return " (not located)";
    }
    Interval interval = crossing.interval().get();
    String lower = interval.lower() > 0 ? String.format(Locale.ROOT, "%.0f", interval.lower()) : "";
    String upper =
        interval.upper() < Double.POSITIVE_INFINITY
            ? String.format(Locale.ROOT, "%.0f", interval.upper())
            : "";
    return " [" + lower + " - " + upper + "]";
  }

  private void ceilings() {
    List<CaseResult> all = of(Harness.CEILING_FMA);
    String rates =
        all.stream()
            .filter(result -> Ceilings.rate(result).isPresent())
            .map(
                result ->
                    String.format(
                        Locale.ROOT,
                        "%s %.1f GFLOP/s",
                        threads(result.of().axis(Axis.THREADS).orElseThrow()),
                        Ceilings.rate(result).getAsDouble()))
            .collect(Collectors.joining(", "));
    if (!rates.isEmpty()) {
      lines.add("ceiling, multiply-adds in registers: " + rates);
    }
  }

  private void footer() {
    lines.add(Harness.FORMULAS);
    run.unavailable().forEach(lines::add);
    long unsure =
        run.cases().stream().filter(result -> result.stop().contains("not known within")).count();
    if (unsure > 0) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%d of %d cases are not known as well as was wanted after the most forks; see"
                  + " summary.csv",
              unsure,
              run.cases().size()));
    }
    if (!run.complete()) {
      lines.add("PARTIAL: the run was cut short; `lockstep bench --resume` goes on with it");
    }
  }

  private List<CaseResult> of(Harness harness) {
    return run.cases().stream()
        .filter(result -> result.of().harness().equals(harness.label()))
        .toList();
  }

  static String nothing(CaseResult result) {
    return result.failure().isEmpty()
        ? "not measured: " + result.stop()
        : "NO NUMBER: " + result.failure();
  }

  static String milliseconds(Estimate time) {
    return text(time, 1e-6, time.value() < 1e6 ? "%.4f" : "%.2f");
  }

  private static String text(Estimate estimate, double scale, String format) {
    Optional<Interval> interval = estimate.interval(Inference.CONFIDENCE);
    return String.format(Locale.ROOT, format, estimate.value() * scale)
        + interval
            .map(
                i ->
                    String.format(
                        Locale.ROOT,
                        " [" + format + " - " + format + "]",
                        i.lower() * scale,
                        i.upper() * scale))
            .orElse("");
  }
}
