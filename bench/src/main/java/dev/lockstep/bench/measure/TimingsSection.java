package dev.lockstep.bench.measure;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.cases.Harness;
import dev.lockstep.bench.cases.StepSplit;
import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.Section;
import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.results.RunEstimates;
import dev.lockstep.bench.results.RunResult;
import dev.lockstep.bench.results.RunSplits;
import dev.lockstep.bench.statistics.Estimate;
import dev.lockstep.bench.statistics.ForkLevel;
import dev.lockstep.bench.statistics.Inference;
import dev.lockstep.bench.statistics.Interval;
import dev.lockstep.program.ProductForm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Times and rates of runs, with their intervals and ceilings. */
public final class TimingsSection implements Section {

  private record Data(List<Point> points, List<Ceiling> ceilings, List<Split> splits) {}

  /**
   * A case that was measured. Times are in nanoseconds.
   *
   * @param source the run
   * @param machine the processor, by which runs are told apart
   * @param kind what all points of a picture have in common
   * @param width units of a hidden layer; null if the case has none
   * @param label of the case among those of its kind, backend and threads
   * @param low lower end of the 95% interval; null if there is none
   * @param gflops null if operations are not counted
   * @param share of the ceiling; null without one
   * @param known whether the time is known as well as was asked for
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Point(
      String source,
      String machine,
      String harness,
      String kind,
      @Nullable Integer width,
      String label,
      String backend,
      String threads,
      double ns,
      @Nullable Double low,
      @Nullable Double high,
      double flops,
      @Nullable Double gflops,
      @Nullable Double share,
      int forks,
      boolean known,
      String stop,
      String verified) {}

  /** The highest rate of multiply-adds, in GFLOP/s. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Ceiling(
      String source,
      String machine,
      String threads,
      double gflops,
      @Nullable Double low,
      @Nullable Double high) {}

  /**
   * A step beside its operations, each measured alone.
   *
   * @param label of the step, without its backend and threads
   * @param ns of the step
   */
  private record Split(
      String source,
      String machine,
      String label,
      String backend,
      String threads,
      double ns,
      List<Part> parts) {}

  /**
   * An operation of a step.
   *
   * @param kind what it belongs to
   * @param count how often the step runs it
   * @param ns of a single run
   */
  private record Part(Kind kind, String label, int count, double ns) {}

  /** The kinds of operations, in the order in which they are stacked. */
  private enum Kind {
    FORWARD,
    BACKWARD,
    WEIGHTS,
    ELEMENTWISE;

    static Kind of(Case part) {
      return part.axis(Axis.FORM)
          .map(
              form ->
                  switch (ProductForm.valueOf(form)) {
                    case AB -> FORWARD;
                    case ABT -> BACKWARD;
                    case ATB -> WEIGHTS;
                  })
          .orElse(ELEMENTWISE);
    }
  }

  @Override
  public String id() {
    return "timings";
  }

  @Override
  public Optional<Object> data(Contents contents) {
    List<Point> points = new ArrayList<>();
    List<Ceiling> ceilings = new ArrayList<>();
    List<Split> splits = new ArrayList<>();
    for (Contents.Named<RunResult> each : contents.all(RunResult.class)) {
      add(each.source(), each.result(), points, ceilings);
      splits.addAll(splits(each.source(), each.result()));
    }
    return points.isEmpty() ? Optional.empty() : Optional.of(new Data(points, ceilings, splits));
  }

  /** The steps that were split, if they and all their operations have times. */
  private static List<Split> splits(String source, RunResult run) {
    RunEstimates estimates = RunEstimates.of(run, ForkLevel.MEDIAN);
    Map<Case, Double> times = new HashMap<>();
    for (CaseResult result : run.cases()) {
      if (!result.forks().isEmpty()) {
        times.put(result.of(), estimates.time(result).value());
      }
    }
    List<Split> splits = new ArrayList<>();
    for (StepSplit split : RunSplits.of(run)) {
      Double whole = times.get(split.step());
      if (whole != null && times.keySet().containsAll(split.parts().keySet())) {
        splits.add(
            new Split(
                source,
                run.environment().getOrDefault("processor", ""),
                kind(split.step()) + ", width " + split.step().axis(Axis.WIDTH).orElseThrow(),
                backend(split.step()),
                split.step().axis(Axis.THREADS).orElse(""),
                whole,
                parts(split, times)));
      }
    }
    return splits;
  }

  private static List<Part> parts(StepSplit split, Map<Case, Double> times) {
    List<Part> parts = new ArrayList<>();
    split
        .parts()
        .forEach(
            (of, count) ->
                parts.add(
                    new Part(
                        Kind.of(of),
                        label(of.without(Axis.CACHE)),
                        count,
                        times.getOrDefault(of, Double.NaN))));
    return parts;
  }

  private static void add(
      String source, RunResult run, List<Point> points, List<Ceiling> ceilings) {
    RunEstimates estimates = RunEstimates.of(run, ForkLevel.MEDIAN);
    Ceilings highest = new Ceilings(run.cases());
    String machine = run.environment().getOrDefault("processor", "");
    for (CaseResult result : run.cases()) {
      if (result.forks().isEmpty()) {
        continue;
      }
      Case of = result.of();
      Estimate time = estimates.time(result);
      Optional<Interval> interval = time.interval(Inference.CONFIDENCE);
      @Nullable Double low = interval.map(Interval::lower).orElse(null);
      @Nullable Double high =
          interval.map(Interval::upper).filter(end -> Double.isFinite(end)).orElse(null);
      String threads = of.axis(Axis.THREADS).orElse("");
      if (of.harness().equals(Harness.CEILING_FMA.label())) {
        ceilings.add(
            new Ceiling(
                source,
                machine,
                threads,
                result.flops() / time.value(),
                high == null ? null : result.flops() / high,
                low == null ? null : result.flops() / low));
      } else if (!Harness.of(of).isCeiling()) {
        points.add(
            new Point(
                source,
                machine,
                of.harness(),
                kind(of),
                of.axis(Axis.WIDTH).map(Integer::valueOf).orElse(null),
                label(of),
                backend(of),
                threads,
                time.value(),
                low,
                high,
                result.flops(),
                orNull(Ceilings.rate(result)),
                orNull(highest.share(result)),
                result.forks().size(),
                !result.isUnsure(),
                result.stop(),
                result.verified()));
      }
    }
  }

  private static String backend(Case of) {
    return of.axis(Axis.BACKEND).orElse("")
        + of.axis(Axis.BUILD).map(build -> ", " + build + " build").orElse("");
  }

  private static @Nullable Double orNull(OptionalDouble value) {
    return value.isPresent() ? value.getAsDouble() : null;
  }

  private static String kind(Case of) {
    if (of.axis(Axis.DEPTH).isEmpty()) {
      return Harness.of(of).label();
    }
    return String.format(
        Locale.ROOT,
        "%s, %d-%s%d %s, batch %s, units %s",
        Harness.of(of).label(),
        Harness.INPUTS,
        "W-".repeat(of.number(Axis.DEPTH)),
        Harness.CLASSES,
        of.axis(Axis.ACTIVATION).orElse(""),
        of.axis(Axis.BATCH).orElse(""),
        of.axis(Axis.INIT).orElse(""));
  }

  /** What tells the case apart, without the axes that a picture shows by other means. */
  private static String label(Case of) {
    Case rest = of.without(Axis.BACKEND).without(Axis.THREADS).without(Axis.BUILD);
    Case bare =
        of.axis(Axis.DEPTH).isEmpty()
            ? rest
            : rest.without(Axis.DEPTH)
                .without(Axis.ACTIVATION)
                .without(Axis.INIT)
                .without(Axis.BATCH);
    return String.join(", ", bare.axes().values());
  }
}
