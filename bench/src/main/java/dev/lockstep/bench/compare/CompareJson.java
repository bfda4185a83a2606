package dev.lockstep.bench.compare;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.ci.Baseline.Judged;
import dev.lockstep.bench.compare.Report.CrossoverLine;
import dev.lockstep.bench.files.Document;
import dev.lockstep.bench.files.JsonFile;
import dev.lockstep.bench.page.Contents;
import dev.lockstep.bench.page.Provenance;
import dev.lockstep.bench.results.RunProvenance;
import dev.lockstep.bench.results.RunResult;
import dev.lockstep.bench.statistics.Crossover.Crossing;
import dev.lockstep.bench.statistics.Crossover.Side;
import dev.lockstep.bench.statistics.Estimate;
import dev.lockstep.bench.statistics.Family.Ground;
import dev.lockstep.bench.statistics.Inference;
import dev.lockstep.bench.statistics.Interval;
import dev.lockstep.bench.statistics.Verdict;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A comparison as JSON: what {@code compare --json} writes, and what a page shows.
 *
 * @param confidence of all intervals
 * @param failIfSlower the value of the flag as a share; null without it
 * @param baseline what a baseline says; null without one
 * @param runs the runs of A and of B; one if both sides are of one run
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CompareJson(
    int schema,
    String kind,
    Compared a,
    Compared b,
    String level,
    double confidence,
    Floor noiseFloor,
    List<Ratio> rows,
    List<Curve> crossovers,
    List<String> leftOut,
    List<String> surroundingsThatDiffer,
    @JsonSetter(nulls = Nulls.SET) @Nullable Double failIfSlower,
    List<String> slowerThanAllowed,
    List<String> couldBeSlowerThanAllowed,
    boolean failIfUndecided,
    @JsonSetter(nulls = Nulls.SET) @Nullable JsonNode baseline,
    int exitCode,
    List<Ran> runs) {

  static final String A = "a";
  static final String B = "b";

  /** A side; all cases of the run if both the backend and the build are null. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Compared(
      String run,
      boolean complete,
      @JsonSetter(nulls = Nulls.SET) @Nullable String backend,
      @JsonSetter(nulls = Nulls.SET) @Nullable String build) {

    private static Compared of(Arm arm) {
      return new Compared(
          arm.run().name(),
          arm.run().complete(),
          arm.axis().equals(Axis.BACKEND) ? arm.value() : null,
          arm.axis().equals(Axis.BUILD) ? arm.value() : null);
    }
  }

  /** The noise floor. */
  record Floor(double difference, int comparisons) {}

  /** A {@link Row}. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Ratio(
      String harness,
      Map<String, String> axes,
      Estimated aNs,
      Estimated bNs,
      int aForks,
      int bForks,
      Estimated ratio,
      double pDifference,
      double pSameness,
      Verdict verdict,
      Ground ground,
      @JsonSetter(nulls = Nulls.SET) Row.@Nullable Beyond ratioBeyondLimit) {

    private static Ratio of(Report report, Row row) {
      return new Ratio(
          row.of().harness(),
          row.of().axes(),
          Estimated.of(row.a()),
          Estimated.of(row.b()),
          row.forks().a(),
          row.forks().b(),
          Estimated.of(row.ratio()),
          row.judgement().difference(),
          row.judgement().sameness(),
          row.judgement().verdict(),
          row.judgement().ground(),
          report.limit().isPresent() ? row.beyond() : null);
    }
  }

  /** An {@link Estimate}; the ends of its interval are null if it has none, or if infinite. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Estimated(
      double value,
      @JsonSetter(nulls = Nulls.SET) @Nullable Double lower,
      @JsonSetter(nulls = Nulls.SET) @Nullable Double upper,
      String method) {

    private static Estimated of(Estimate estimate) {
      @Nullable Interval ends = estimate.interval(Inference.CONFIDENCE).orElse(null);
      return new Estimated(
          estimate.value(),
          ends == null ? null : ends.lower(),
          ends == null ? null : finite(ends.upper()),
          estimate.method().label());
    }
  }

  /** A {@link CrossoverLine}. */
  record Curve(
      String harness,
      Map<String, String> axes,
      int smallestWidth,
      int largestWidth,
      List<Crossed> crossings) {

    private static Curve of(CrossoverLine line) {
      return new Curve(
          line.of().harness(),
          line.of().axes(),
          line.smallest(),
          line.largest(),
          line.crossover().crossings().stream().map(Crossed::of).toList());
    }
  }

  /** A {@link Crossing}; an end of its interval is null if no measured width bounds it. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Crossed(
      double width,
      boolean located,
      String fasterAbove,
      @JsonSetter(nulls = Nulls.SET) @Nullable Double lower,
      @JsonSetter(nulls = Nulls.SET) @Nullable Double upper) {

    private static Crossed of(Crossing crossing) {
      @Nullable Interval ends = crossing.interval().orElse(null);
      return new Crossed(
          crossing.width(),
          crossing.isLocated(),
          crossing.fasterAbove() == Side.SUBJECT ? B : A,
          ends == null || ends.lower() == 0 ? null : ends.lower(),
          ends == null ? null : finite(ends.upper()));
    }
  }

  /** A run that was compared. */
  record Ran(String run, Provenance provenance) {
    private static Ran of(RunResult run) {
      return new Ran(run.name(), RunProvenance.of(run));
    }
  }

  /** JSON has no infinities. */
  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  /** Returns a report as a record. */
  static CompareJson of(Report report, int exitCode) {
    return new CompareJson(
        Document.COMPARE.version(),
        Document.COMPARE.kind(),
        Compared.of(report.arms().a()),
        Compared.of(report.arms().b()),
        report.level().name().toLowerCase(Locale.ROOT),
        Inference.CONFIDENCE,
        new Floor(report.floor().difference(), report.floor().comparisons()),
        report.rows().stream().map(row -> Ratio.of(report, row)).toList(),
        report.crossovers().stream().map(Curve::of).toList(),
        report.leftOut(),
        report.differences(),
        report.limit().orElse(null),
        report.rows(Row.Beyond.SHOWN).stream().map(Row::of).map(Case::toString).toList(),
        report.rows(Row.Beyond.UNDECIDED).stream().map(CompareText::perhaps).toList(),
        report.undecided() == Report.Undecided.FAIL,
        report.baseline().map(Judged::json).orElse(null),
        exitCode,
        Stream.of(report.arms().a().run(), report.arms().b().run())
            .distinct()
            .map(Ran::of)
            .toList());
  }

  /**
   * Reads a comparison from a file and adds it to a page.
   *
   * @throws dev.lockstep.input.InputException if it holds none, or one that contradicts itself
   */
  public static void addTo(Contents contents, String name, Path file) {
    CompareJson comparison = JsonFile.read(file, JsonFile.tree(file), CompareJson.class);
    CompareCheck.require(file.toString(), comparison);
    comparison.addTo(contents, name);
  }

  /** Adds the comparison to a page, and where both sides ran. */
  void addTo(Contents contents, String name) {
    contents.add(name, this);
    runs.forEach(ran -> contents.add(ran.run(), ran.provenance()));
  }

  /** The processor of A. */
  String machine() {
    return runs.getFirst().provenance().facts().getOrDefault("processor", "");
  }
}
