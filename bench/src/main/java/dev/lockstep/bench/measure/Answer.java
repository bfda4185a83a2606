package dev.lockstep.bench.measure;

import dev.lockstep.backend.Backends;
import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.cases.Harness;
import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.results.RunEstimates;
import dev.lockstep.bench.results.RunResult;
import dev.lockstep.bench.statistics.Crossover;
import dev.lockstep.bench.statistics.Estimate;
import dev.lockstep.bench.statistics.ForkLevel;
import dev.lockstep.bench.statistics.Inference;
import dev.lockstep.bench.statistics.Interval;
import dev.lockstep.bench.statistics.RunInference;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * The text report of a run: a table for each kind of step, one for products, then the other
 * harnesses and the ceilings.
 */
public final class Answer {
  private static final String BASELINE = Backends.usual().name();
  private final RunResult run;
  private final Ceilings ceilings;
  private final RunEstimates estimates;
  private final Map<Case, Estimate> speedUps = new LinkedHashMap<>();
  private final Printer out;

  private Answer(RunResult run, Printer out) {
    this.run = run;
    this.out = out;
    ceilings = new Ceilings(run.cases());
    estimates = RunEstimates.of(run, ForkLevel.MEDIAN);
    List<RunEstimates.Pair> pairs = pairs();
    List<Estimate> ratios = estimates.ratios(pairs, 1);
    for (int i = 0; i < pairs.size(); i++) {
      speedUps.put(pairs.get(i).baseline().of(), ratios.get(i));
    }
  }

  /** Returns each baseline, which a speed-up divides the time of, with a case compared with it. */
  private List<RunEstimates.Pair> pairs() {
    List<RunEstimates.Pair> pairs = new ArrayList<>();
    for (CaseResult each : run.cases()) {
      if (each.of().axis(Axis.BACKEND).isPresent() && !each.forks().isEmpty()) {
        Case baseline = baseline(each.of());
        run.cases().stream()
            .filter(other -> !other.of().equals(each.of()) && other.of().equals(baseline))
            .filter(other -> !other.forks().isEmpty())
            .forEach(other -> pairs.add(new RunEstimates.Pair(other, each)));
      }
    }
    return pairs;
  }

  /** Prints the report. */
  public static void print(RunResult run, Printer out) {
    Answer answer = new Answer(run, out);
    answer.steps();
    answer.products();
    OtherTable.print(run.cases(), answer.estimates, answer.ceilings, out);
    answer.ceilings();
    answer.footer();
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
          out.paragraph(
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
          Table table =
              new Table(
                  2,
                  List.of(
                      Table.number("width"),
                      Table.word("backend"),
                      Table.text("ms/step"),
                      Table.number("samples/s"),
                      Table.number("GFLOP/s"),
                      Table.number("of ceiling"),
                      Table.text(against()),
                      Table.text("verified")));
          results.forEach(result -> step(table, result));
          out.table(table, 1);
          crossovers(results);
          out.line();
        });
  }

  private static String threads(String count) {
    return count.equals("1") ? "1 thread" : count + " threads";
  }

  private void step(Table table, CaseResult result) {
    Case of = result.of();
    String width = of.axis(Axis.WIDTH).orElseThrow();
    if (result.forks().isEmpty()) {
      table.row(width, name(of), nothing(result));
      return;
    }
    Estimate time = estimates.time(result);
    table.row(
        width,
        name(of),
        milliseconds(time),
        String.format(Locale.ROOT, "%.0f", of.number(Axis.BATCH) / (time.value() * 1e-9)),
        rate(result),
        share(result),
        against(result),
        verified(result));
  }

  /** Returns the backend's name, followed by the build if two builds are compared. */
  private static String name(Case of) {
    String backend = of.axis(Axis.BACKEND).orElseThrow();
    return of.axis(Axis.BUILD).map(build -> backend + ", " + build).orElse(backend);
  }

  /**
   * Returns the case that a case is compared with: the same one by this build if two builds run,
   * else by the baseline backend.
   */
  private static Case baseline(Case of) {
    return of.axis(Axis.BUILD).isPresent()
        ? of.with(Axis.BUILD, Axis.THIS_BUILD)
        : of.with(Axis.BACKEND, BASELINE);
  }

  private String against() {
    boolean builds =
        run.cases().stream().anyMatch(result -> result.of().axis(Axis.BUILD).isPresent());
    return "against " + (builds ? "this" : BASELINE);
  }

  private void products() {
    List<CaseResult> all = of(Harness.PRODUCT);
    if (all.isEmpty()) {
      return;
    }
    out.line("product C = op(A) op(B), median [95%]");
    Table table =
        new Table(
            4,
            List.of(
                Table.word("m x n x k"),
                Table.word("form"),
                Table.number("threads"),
                Table.word("backend"),
                Table.text("ms"),
                Table.number("GFLOP/s"),
                Table.number("of ceiling"),
                Table.text(against()),
                Table.text("verified")));
    for (CaseResult result : all) {
      Case of = result.of();
      List<String> row =
          new ArrayList<>(
              List.of(
                  of.axis(Axis.SHAPE).orElseThrow(),
                  of.axis(Axis.FORM).orElseThrow(),
                  of.axis(Axis.THREADS).orElseThrow(),
                  name(of)));
      if (result.forks().isEmpty()) {
        row.add(nothing(result));
      } else {
        row.addAll(
            List.of(
                milliseconds(estimates.time(result)),
                rate(result),
                share(result),
                against(result),
                verified(result)));
      }
      table.row(row.toArray(String[]::new));
    }
    out.table(table, 1);
    out.line();
  }

  private static String rate(CaseResult result) {
    return String.format(Locale.ROOT, "%.1f", Ceilings.rate(result).orElse(Double.NaN));
  }

  private String share(CaseResult result) {
    OptionalDouble share = ceilings.share(result);
    return share.isPresent()
        ? String.format(Locale.ROOT, "%.0f%%", 100 * share.getAsDouble())
        : "-";
  }

  private String verified(CaseResult result) {
    return result.verified()
        + (ceilings.share(result).orElse(0) > Ceilings.SUSPECT
            ? ", SUSPECT: above its ceiling"
            : "")
        + clocks(result)
        + (result.setAside() == 0
            ? ""
            : String.format(Locale.ROOT, ", %d set aside: the JVM stood still", result.setAside()));
  }

  /** Returns a warning if a program's own clock disagrees with the host's clock. */
  private static String clocks(CaseResult result) {
    double difference = result.clockDifference();
    return Math.abs(difference) > CaseResult.CLOCKS_AGREE
        ? String.format(Locale.ROOT, ", SUSPECT: %+.0f%% by the host's clock", 100 * difference)
        : "";
  }

  private String against(CaseResult result) {
    return result.of().equals(baseline(result.of()))
        ? "1"
        : Optional.ofNullable(speedUps.get(result.of()))
            .map(ratio -> text(ratio, 1, "%.2f", " x"))
            .orElse("-");
  }

  /**
   * Prints the widths at which a backend overtakes the baseline, among steps that differ in width
   * and backend alone.
   */
  private void crossovers(List<CaseResult> results) {
    Map<String, List<Crossover.Point>> points = new LinkedHashMap<>();
    for (CaseResult result : results) {
      Estimate ratio = speedUps.get(result.of());
      String backend = result.of().axis(Axis.BACKEND).orElseThrow();
      if (ratio != null && !backend.equals(BASELINE)) {
        points
            .computeIfAbsent(backend, _ -> new ArrayList<>())
            .add(new Crossover.Point(result.of().number(Axis.WIDTH), ratio));
      }
    }
    points.forEach(
        (backend, at) -> {
          for (Crossover.Crossing crossing : Crossover.of(at).crossings()) {
            out.paragraph(
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

  /**
   * Returns the interval of a crossing as text; an end outside the measured widths is left open.
   */
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
      out.paragraph("ceiling, multiply-adds in registers: " + rates);
    }
  }

  private void footer() {
    out.paragraph(Harness.FORMULAS);
    out.paragraph(methods());
    run.unavailable().forEach(out::paragraph);
    long unsure = run.cases().stream().filter(CaseResult::isUnsure).count();
    if (unsure > 0) {
      out.paragraph(
          String.format(
              Locale.ROOT,
              "%d of %d cases are not known within the target precision; see summary.csv",
              unsure,
              run.cases().size()));
    }
    if (!run.complete()) {
      out.paragraph("PARTIAL: the run was cut short; `lockstep bench --resume` continues it");
    }
  }

  /** Returns how the intervals of times were computed. */
  private String methods() {
    String labels =
        run.cases().stream()
            .filter(result -> !result.forks().isEmpty())
            .map(result -> estimates.time(result).method().label())
            .distinct()
            .collect(Collectors.joining(", "));
    return "intervals of times: "
        + labels
        + estimates.moderated().map(Answer::text).orElse("")
        + "; what they cover: docs/benchmarking.md";
  }

  private static String text(RunInference.Moderated how) {
    return String.format(
        Locale.ROOT,
        "; %d cases tell one another's variances, with the weight of %.1f degrees of freedom;"
            + " rounds differ by %.1f%%; 95%% of such intervals hold in simulations, but fewer of"
            + " the noisiest fifth of cases",
        how.benchmarks(),
        how.prior(),
        100 * how.rounds());
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
    return text(time, 1e-6, time.value() < 1e6 ? "%.4f" : "%.2f", "");
  }

  private static String text(Estimate estimate, double scale, String format, String unit) {
    Optional<Interval> interval = estimate.interval(Inference.CONFIDENCE);
    return Table.unbroken(String.format(Locale.ROOT, format, estimate.value() * scale) + unit)
        + interval
            .map(
                i ->
                    " "
                        + Table.unbroken(
                            String.format(
                                Locale.ROOT,
                                "[" + format + " - " + format + "]",
                                i.lower() * scale,
                                i.upper() * scale)))
            .orElse("");
  }
}
