package dev.lockstep.bench.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.lockstep.bench.files.Document;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The JSON files of a run as records, for writing and for reading. */
public final class RunFiles {

  static final int SCHEMA = Document.BENCH.version();

  static final String KIND = Document.BENCH.kind();

  /** The file of {@link Surroundings}. */
  public static final String ENVIRONMENT = "environment.json";

  static final String SAMPLES = "samples.jsonl";

  /** The file of {@link Verifications}. */
  public static final String VERIFY = "verify.json";

  static final String JMH = "jmh.json";

  /** The files of a finished run that are read. */
  static final List<String> READ = List.of(ENVIRONMENT, SAMPLES, VERIFY, JMH);

  /** The results as tables; nothing reads them back. */
  static final List<String> SUMMARIES = List.of("summary.csv", "summary.md");

  /** What a run appends while it measures; a finished run has none. */
  static final String JOURNAL = "journal.jsonl";

  /** The manifest's state while the run measures. */
  static final String RUNNING = "running";

  /** The verdict of every verification that is recorded. */
  public static final String AGREES = "AGREES";

  private RunFiles() {}

  /**
   * {@code manifest.json}.
   *
   * @param state {@code running}, or a {@link RunLog.State} once the other files are complete
   * @param files the SHA-256 of each other file by name; empty while the run measures
   */
  record Manifest(
      int schema,
      String kind,
      String state,
      RunPlan plan,
      List<String> unavailable,
      List<Entry> cases,
      Map<String, String> files) {}

  /**
   * A case in the manifest.
   *
   * @param slug {@link dev.lockstep.bench.cases.Case#slug}, by which the other files name it
   * @param setAside forks that do not count, because their JVM stood still
   * @param ended the label of an {@link Ended}
   * @param stop the reason in words; empty if the case is open
   * @param failure the reason why a fork failed; empty if none did
   */
  record Entry(
      @JsonProperty("case") String slug,
      String harness,
      Map<String, String> axes,
      double flops,
      double bytes,
      int forks,
      int setAside,
      String ended,
      String stop,
      String failure) {}

  /**
   * {@code environment.json}.
   *
   * @param environment facts by name
   * @param backends the availability of each backend; null if not recorded
   */
  public record Surroundings(
      int schema,
      @JsonSetter(nulls = Nulls.AS_EMPTY) Map<String, String> environment,
      @JsonInclude(JsonInclude.Include.NON_NULL) @JsonSetter(nulls = Nulls.SET)
          @Nullable JsonNode backends) {}

  /** {@code verify.json}. */
  public record Verifications(int schema, List<Verification> verifications) {}

  /** One verification of one fork. Its verdict is always AGREES: others have no fork. */
  public record Verification(
      @JsonProperty("case") String slug,
      int fork,
      String when,
      String verdict,
      long equal,
      long bounded,
      double shareOfBound,
      String detail) {}

  /**
   * A line of {@code samples.jsonl}: the times of one fork, an element for each iteration.
   *
   * @param deviceNs null without a device
   * @param programNs null without a program's clock
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Samples(
      @JsonProperty("case") String slug,
      int fork,
      int block,
      double seconds,
      List<Double> ns,
      @JsonSetter(nulls = Nulls.SET) @Nullable List<Double> deviceNs,
      @JsonSetter(nulls = Nulls.SET) @Nullable List<Double> programNs) {}

  /** A line of the journal: a fork that ended, one set aside, or a case without more forks. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Line(
      @JsonSetter(nulls = Nulls.SET) @Nullable Samples samples,
      @JsonSetter(nulls = Nulls.SET) @Nullable List<Verification> verifications,
      @JsonSetter(nulls = Nulls.SET) @Nullable JsonNode jmh,
      @JsonSetter(nulls = Nulls.SET) @Nullable Stop stop,
      @JsonSetter(nulls = Nulls.SET) @Nullable Standstill standstill) {

    static Line of(Samples samples, List<Verification> verifications, JsonNode jmh) {
      return new Line(samples, verifications, jmh, null, null);
    }

    static Line of(Stop stop) {
      return new Line(null, null, null, stop, null);
    }

    static Line of(Standstill standstill) {
      return new Line(null, null, null, null, standstill);
    }
  }

  /** A fork that does not count, because its JVM stood still. */
  record Standstill(@JsonProperty("case") String slug, double milliseconds) {}

  /** Why a case gets no more forks. */
  record Stop(@JsonProperty("case") String slug, String ended, String stop, String failure) {}
}
