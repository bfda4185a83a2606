package dev.lockstep.bench.measure;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.cases.Harness;
import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.Section;
import dev.lockstep.bench.results.CaseResult;
import dev.lockstep.bench.results.RunEstimates;
import dev.lockstep.bench.results.RunResult;
import dev.lockstep.bench.statistics.Estimate;
import dev.lockstep.bench.statistics.ForkLevel;
import dev.lockstep.bench.statistics.Inference;
import dev.lockstep.bench.statistics.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Times and rates of runs, with their intervals and ceilings. */
public final class TimingsSection implements Section {

  private record Data(List<Point> points, List<Ceiling> ceilings) {}

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

  @Override
  public String id() {
    return "timings";
  }

  @Override
  public Optional<Object> data(Contents contents) {
    List<Point> points = new ArrayList<>();
    List<Ceiling> ceilings = new ArrayList<>();
    for (Contents.Named<RunResult> each : contents.all(RunResult.class)) {
      add(each.source(), each.result(), points, ceilings);
    }
    return points.isEmpty() ? Optional.empty() : Optional.of(new Data(points, ceilings));
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
                of.axis(Axis.BACKEND).orElse("")
                    + of.axis(Axis.BUILD).map(build -> ", " + build + " build").orElse(""),
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
