package dev.lockstep.bench.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The JSON files of a run as records, for writing and for reading. */
final class RunFiles {

  static final int SCHEMA = 1;

  static final String KIND = "lockstep-bench";

  private RunFiles() {}

  /** {@code manifest.json}. */
  record Manifest(
      int schema,
      String kind,
      String state,
      List<String> arguments,
      List<String> unavailable,
      List<Entry> cases) {}

  /** A case in the manifest. */
  @JsonPropertyOrder("case")
  record Entry(
      String harness,
      Map<String, String> axes,
      double flops,
      double bytes,
      String stop,
      String failure,
      List<Fork> forks) {

    Case of() {
      return new Case(harness, axes);
    }

    @JsonProperty("case")
    String slug() {
      return of().slug();
    }
  }

  record Fork(int number, int block, double seconds, String file, String sha256) {}

  /**
   * {@code environment.json}.
   *
   * @param environment facts by name
   * @param backends the availability of each backend; null if not recorded
   */
  record Surroundings(
      int schema,
      @JsonSetter(nulls = Nulls.AS_EMPTY) Map<String, String> environment,
      @JsonInclude(JsonInclude.Include.NON_NULL) @JsonSetter(nulls = Nulls.SET)
          @Nullable JsonNode backends) {}

  /** {@code verify.json}. */
  record Verifications(int schema, List<Verification> verifications) {}

  /** One verification of one fork. Its verdict is always AGREES: others are not recorded. */
  @JsonPropertyOrder({"case", "fork", "when", "verdict"})
  record Verification(
      @JsonProperty("case") String slug,
      int fork,
      String when,
      long equal,
      long bounded,
      double shareOfBound,
      String detail) {

    @JsonProperty
    String verdict() {
      return "AGREES";
    }
  }

  /** A line of {@code samples.jsonl}: one iteration. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Sample(
      @JsonProperty("case") String slug,
      int fork,
      int iteration,
      double ns,
      @Nullable Double deviceNs,
      @Nullable Double programNs) {}
}
