package dev.lockstep.bench.compare;

import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.cases.Harness;
import dev.lockstep.bench.compare.CompareJson.Compared;
import dev.lockstep.bench.compare.CompareJson.Crossed;
import dev.lockstep.bench.compare.CompareJson.Curve;
import dev.lockstep.bench.compare.CompareJson.Estimated;
import dev.lockstep.bench.compare.CompareJson.Ratio;
import dev.lockstep.bench.compare.Row.Beyond;
import dev.lockstep.bench.files.Document;
import dev.lockstep.bench.files.FieldCheck;
import dev.lockstep.bench.results.RunPlan;
import dev.lockstep.bench.statistics.Estimate.Method;
import dev.lockstep.bench.statistics.Family;
import dev.lockstep.bench.statistics.Inference;
import dev.lockstep.bench.statistics.Interval;
import dev.lockstep.bench.statistics.NoiseFloor;
import dev.lockstep.input.Limits;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checks a comparison that was read from a file, so that what draws it can rely on it. */
final class CompareCheck {

  private static final List<String> METHODS =
      Arrays.stream(Method.values()).map(Method::label).toList();

  private final FieldCheck file;
  private final CompareJson comparison;

  private CompareCheck(String source, CompareJson comparison) {
    file = new FieldCheck(source);
    this.comparison = comparison;
  }

  /**
   * Checks it.
   *
   * @throws dev.lockstep.input.InputException naming the file, the field and the value
   */
  static void require(String source, CompareJson comparison) {
    new CompareCheck(source, comparison).requireAll();
  }

  private void requireAll() {
    file.document(comparison.schema(), comparison.kind(), Document.COMPARE);
    sides(comparison.a(), comparison.b());
    file.within("number of runs", comparison.runs().size(), 1, 2);
    named("run of a", comparison.a().run(), comparison.runs().getFirst().run());
    named("run of b", comparison.b().run(), comparison.runs().getLast().run());
    file.oneOf("level", comparison.level(), List.of("median", "mean"));
    file.same("confidence", comparison.confidence(), Inference.CONFIDENCE);
    file.positive("difference", comparison.noiseFloor().difference());
    file.atLeast("comparisons", comparison.noiseFloor().comparisons(), 0);
    if (comparison.failIfSlower() != null) {
      file.positive("fail-if-slower", comparison.failIfSlower());
    }
    file.within("number of rows", comparison.rows().size(), 1, Limits.COMBINATIONS.value());
    for (int i = 0; i < comparison.rows().size(); i++) {
      row(file.of("row " + (i + 1)), comparison.rows().get(i));
    }
    for (int i = 0; i < comparison.crossovers().size(); i++) {
      curve(file.of("crossover " + (i + 1)), comparison.crossovers().get(i));
    }
    outcome();
  }

  private void named(String field, String run, String name) {
    file.require(run.equals(name), field, run, "expected the name in runs");
  }

  private void sides(Compared a, Compared b) {
    side(Axis.BACKEND, a.backend(), b.backend());
    side(Axis.BUILD, a.build(), b.build());
    file.require(
        a.backend() == null || a.build() == null,
        Axis.BUILD,
        String.valueOf(a.build()),
        "which contradicts the backend");
  }

  private void side(String axis, @Nullable String a, @Nullable String b) {
    if (a != null && b != null) {
      Axis.require(file.source(), axis, a);
      Axis.require(file.source(), axis, b);
    } else {
      file.require(a == null && b == null, axis, a == null ? "" + b : a, "which one side lacks");
    }
  }

  private void row(FieldCheck check, Ratio row) {
    Harness.read(check.source(), row.harness(), whole(check, row));
    estimate(check, "a-ns", row.aNs());
    estimate(check, "b-ns", row.bNs());
    estimate(check, "ratio", row.ratio());
    check.within("a-forks", row.aForks(), 1, RunPlan.MOST_FORKS);
    check.within("b-forks", row.bForks(), 1, RunPlan.MOST_FORKS);
    probability(check, "p-difference", row.pDifference());
    probability(check, "p-sameness", row.pSameness());
    NoiseFloor floor =
        new NoiseFloor(comparison.noiseFloor().difference(), comparison.noiseFloor().comparisons());
    Family.Judgement judgement =
        new Family(List.of(), floor)
            .judgement(interval(row.ratio()), row.pDifference(), row.pSameness());
    check.same("verdict", row.verdict(), judgement.verdict());
    check.same("ground", row.ground(), judgement.ground());
    beyond(check, row);
  }

  /** The axes of a row with the one that distinguishes the sides. */
  private Map<String, String> whole(FieldCheck check, Ratio row) {
    Map<String, String> axes = new LinkedHashMap<>(row.axes());
    Compared a = comparison.a();
    if (a.backend() != null) {
      @Nullable String own = axes.put(Axis.BACKEND, a.backend());
      check.require(own == null, Axis.BACKEND, "" + own, "which distinguishes the sides");
    }
    if (a.build() != null) {
      @Nullable String own = axes.put(Axis.BUILD, a.build());
      check.require(own == null, Axis.BUILD, "" + own, "which distinguishes the sides");
    }
    return axes;
  }

  private void beyond(FieldCheck check, Ratio row) {
    Beyond beyond = row.ratioBeyondLimit();
    Double limit = comparison.failIfSlower();
    if (beyond == null || limit == null) {
      check.require(
          beyond == null && limit == null,
          "ratio-beyond-limit",
          beyond == null ? "missing" : beyond,
          "which contradicts fail-if-slower, " + (limit == null ? "missing" : limit));
      return;
    }
    double bound = 1 + limit;
    boolean sound =
        switch (beyond) {
          case NO -> row.ratio().value() <= bound;
          case UNDECIDED -> row.ratio().value() > bound;
          case SHOWN -> row.ratio().lower() != null && row.ratio().lower() > bound;
        };
    check.require(
        sound,
        "ratio-beyond-limit",
        beyond,
        "which contradicts the ratio, " + row.ratio().value() + ", and the limit, " + limit);
  }

  /** What follows from all rows. */
  private void outcome() {
    file.require(
        comparison.slowerThanAllowed().equals(names(Beyond.SHOWN)),
        "slower-than-allowed",
        comparison.slowerThanAllowed(),
        "expected the rows with SHOWN");
    file.equal(
        "number of could-be-slower-than-allowed",
        comparison.couldBeSlowerThanAllowed().size(),
        names(Beyond.UNDECIDED).size());
    boolean fails = comparison.baseline() == null && !comparison.slowerThanAllowed().isEmpty();
    file.atLeast("exit-code", comparison.exitCode(), fails ? 1 : 0);
  }

  private List<String> names(Beyond beyond) {
    return comparison.rows().stream()
        .filter(row -> row.ratioBeyondLimit() == beyond)
        .map(row -> new Case(row.harness(), row.axes()).toString())
        .toList();
  }

  private void curve(FieldCheck check, Curve curve) {
    List<Integer> widths =
        comparison.rows().stream()
            .map(row -> new Case(row.harness(), row.axes()))
            .filter(of -> of.axis(Axis.WIDTH).isPresent())
            .filter(of -> of.without(Axis.WIDTH).equals(new Case(curve.harness(), curve.axes())))
            .map(of -> of.number(Axis.WIDTH))
            .sorted()
            .toList();
    check.require(widths.size() > 1, "axes", curve.axes(), "expected those of at least two rows");
    check.equal("smallest-width", curve.smallestWidth(), widths.getFirst());
    check.equal("largest-width", curve.largestWidth(), widths.getLast());
    for (Crossed crossing : curve.crossings()) {
      check.require(
          crossing.width() >= curve.smallestWidth() && crossing.width() <= curve.largestWidth(),
          "width",
          crossing.width(),
          "expected " + curve.smallestWidth() + " to " + curve.largestWidth());
      check.oneOf("faster-above", crossing.fasterAbove(), List.of(CompareJson.A, CompareJson.B));
      ends(check, crossing.lower(), crossing.upper());
      check.same(
          "located", crossing.located(), crossing.lower() != null || crossing.upper() != null);
    }
  }

  private static void estimate(FieldCheck check, String field, Estimated estimate) {
    check.positive(field, estimate.value());
    check.require(estimate.value() > 0, field, estimate.value(), "expected more than 0");
    check.oneOf("method", estimate.method(), METHODS);
    check.require(
        estimate.lower() != null || estimate.upper() == null,
        "upper",
        "" + estimate.upper(),
        "but lower is missing");
    ends(check, estimate.lower(), estimate.upper());
  }

  private static void ends(FieldCheck check, @Nullable Double lower, @Nullable Double upper) {
    if (lower != null) {
      check.positive("lower", lower);
    }
    if (upper != null) {
      check.positive("upper", upper);
    }
    check.require(
        lower == null || upper == null || lower <= upper,
        "lower",
        "" + lower,
        "expected at most upper, " + upper);
  }

  private static Optional<Interval> interval(Estimated estimate) {
    Double upper = estimate.upper();
    return Optional.ofNullable(estimate.lower())
        .map(lower -> new Interval(lower, upper == null ? Double.POSITIVE_INFINITY : upper));
  }

  private static void probability(FieldCheck check, String field, double p) {
    check.require(p >= 0 && p <= 1, field, p, "expected 0 to 1");
  }
}
