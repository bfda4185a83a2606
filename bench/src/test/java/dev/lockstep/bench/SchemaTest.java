package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.bench.cells.Code;
import dev.lockstep.bench.files.Document;
import dev.lockstep.file.NpyArray;
import dev.lockstep.file.NpzFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the commands write as JSON is what the schemas say, no more and no less. */
final class SchemaTest {

  private static final Path RESULTS = Path.of("../results");

  @TempDir Path folder;
  @RegisterExtension final Console console = new Console();

  private static JsonNode json(Path file) throws IOException {
    return JsonMapper.shared().readTree(Files.readAllBytes(file));
  }

  private JsonNode written(int code, String line) throws IOException {
    Path file = folder.resolve("out.json");
    Files.deleteIfExists(file);
    List<String> words = new ArrayList<>(List.of(line.split(" ")));
    words.add(file.toString());
    assertThat(Lockstep.run(words.toArray(String[]::new))).as(console.complained()).isEqualTo(code);
    return json(file);
  }

  /** A version without a schema, or a schema of another version, is found. */
  @Test
  void everyDocumentHasASchemaOfItsVersion() throws Exception {
    for (Document document : Document.values()) {
      String name = document.kind().substring("lockstep-".length());
      assertThat(Schemas.names()).contains(name);
      JsonNode schema = Schemas.text(name);
      JsonNode report = schema.at("/$defs/report");
      JsonNode properties = (report.isMissingNode() ? schema : report).path("properties");
      assertThat(properties.at("/schema/const").asInt()).as(name).isEqualTo(document.version());
      assertThat(properties.at("/kind/const").asString()).isEqualTo(document.kind());
    }
    for (String name : Schemas.names()) {
      assertThat(Schemas.text(name).path("$schema").asString())
          .isEqualTo("https://json-schema.org/draft/2020-12/schema");
    }
  }

  /** docs/ci.md lists all schemas. */
  @Test
  void theDocumentationNamesEverySchema() throws Exception {
    String page = Files.readString(Path.of("../docs/ci.md"));
    assertThat(Schemas.names()).allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
  }

  @Test
  void theCodesOfACheckAreThoseOfItsSchema() throws Exception {
    JsonNode codes = Schemas.text("check").at("/$defs/told/properties/code/enum");
    assertThat(codes.valueStream().map(JsonNode::asString))
        .containsExactlyElementsOf(Arrays.stream(Code.values()).map(Code::label).toList());
  }

  private static final String CELL =
      "check --batch 33 --depth 1 --activation tanh --optimizer sgd --loss cross-entropy --noise 0";

  @Test
  void check() throws Exception {
    Schemas.requireExactly(
        "check",
        written(
            0,
            CELL
                + " --width 7 --init equal,random --steps 40 --backends scalar,vector,double"
                + " --json"));
    // Nothing moves in two steps.
    JsonNode still =
        written(1, CELL + " --width 7 --init equal --steps 2 --backends scalar --json");
    assertThat(still.at("/faults/0/code").asString()).isEqualTo("did-not-move");
    assertThat(still.at("/cells/0/outcomes/0/lockstep/state").asString()).isEqualTo("DID_NOT_MOVE");
    Schemas.requireExactly("check", still);
  }

  @Test
  void doctor() throws Exception {
    Schemas.requireExactly("doctor", written(0, "doctor --json"));
  }

  @Test
  void train() throws Exception {
    Schemas.requireExactly("trajectory", written(0, "train --hidden 7 --steps 100 --trajectory"));
    Path run = folder.resolve("run");
    assertThat(
            Lockstep.run("train", "--hidden", "7", "--steps", "3", "--checkpoint", run.toString()))
        .isZero();
    Schemas.requireExactly("checkpoint", json(run.resolve("backend.json")));
    Schemas.requireExactly("scenario", json(run.resolve("scenario.json")));
  }

  @Test
  void inspect() throws Exception {
    Path weights = folder.resolve("w.npz");
    NpzFile.write(
        weights,
        Map.of(
            "equal", new NpyArray.Floats(new int[] {3, 2}, new float[] {1, 2, 1, 2, 0, 0}),
            "vector", new NpyArray.Floats(new int[] {2}, new float[] {1, 2}),
            "random", new NpyArray.Floats(new int[] {3, 2}, new float[] {1, 2, 3, 5, 3, 5.0001f})));
    JsonNode json = written(0, "inspect " + weights + " --near 0.99 --json");
    Schemas.requireExactly("inspect", json);
    assertThat(json.get("skipped")).isNotEmpty();
  }

  @Test
  void order() throws Exception {
    Schemas.requireExactly(
        "order",
        written(0, "order --backends scalar --shape 2x3x5,1x1x1 --form ATB --threads 1 --json"));
    JsonNode late =
        written(1, "order --backends vector --shape 1x1x2000000 --form AB --budget 1ms --json");
    assertThat(late.at("/products/0/obstacle").asString()).isEqualTo("BUDGET");
    Schemas.requireExactly("order", late);
  }

  @Test
  void tolerance() throws Exception {
    for (String flags :
        List.of("--shape 3x4x50", "--shape 3x4x50 --operands equal", "--hidden 7 --batch 5")) {
      JsonNode json = written(0, "tolerance " + flags + " --json");
      Schemas.requireExactly("tolerance", json);
    }
  }

  @Test
  void study() throws Exception {
    JsonNode json =
        written(0, "study textbook --data digits --backends vector --width 16 --steps 150 --json");
    Schemas.requireExactly("study", json);
  }

  @Test
  void units() throws Exception {
    Schemas.requireExactly(
        "units",
        written(
            0,
            "study units --data teacher:7x3 --width 7 --batch 33 --steps 1 --seeds 2 --backends"
                + " vector,scalar --json"));
  }

  @Test
  void map() throws Exception {
    Path out = folder.resolve("map");
    assertThat(
            Lockstep.run(
                ("map --backends vector --width 7 --batch 1 --threads 1 --steps 5 --out " + out)
                    .split(" ")))
        .isZero();
    Schemas.requireExactly("map", json(out.resolve("manifest.json")));
  }

  /** Nothing is complete within a second. */
  @Test
  void suite() throws Exception {
    Path out = folder.resolve("suite");
    assertThat(Lockstep.run("suite", "--budget", "1s", "--out", out.toString())).isBetween(0, 1);
    Schemas.requireExactly("suite", json(out.resolve("manifest.json")));
    for (String part : List.of("doctor", "check", "classes", "timings")) {
      Schemas.requireExactly("suite-" + part, json(out.resolve(part + ".json")));
    }
  }

  private static List<Path> committed(String name) throws IOException {
    try (Stream<Path> files = Files.walk(RESULTS)) {
      return files.filter(file -> file.endsWith(name)).sorted().toList();
    }
  }

  /**
   * What github-action-benchmark (tool jmh) and jmh-visualizer read of {@code jmh.json}: one entry
   * a case, told apart by name and parameters, with score, error and unit, and the raw data.
   */
  @Test
  void jmhsReadersFindWhatTheyRead() throws Exception {
    for (Path file : committed("jmh.json")) {
      Set<String> names = new HashSet<>();
      for (JsonNode benchmark : json(file)) {
        JsonNode metric = benchmark.get("primaryMetric");
        assertThat(metric.get("score").isNumber()).isTrue();
        assertThat(metric.get("scoreUnit").asString()).isEqualTo("ns/op");
        assertThat(metric.get("scoreError").isNumber() || metric.get("scoreError").isString())
            .isTrue();
        assertThat(metric.get("scoreConfidence")).hasSize(2);
        assertThat(metric.get("rawData")).hasSize(benchmark.get("forks").asInt());
        for (String field : List.of("measurementIterations", "threads", "warmupIterations")) {
          assertThat(benchmark.get(field).isInt()).as(field).isTrue();
        }
        assertThat(benchmark.get("mode").asString()).isEqualTo("avgt");
        String name = benchmark.get("benchmark").asString();
        assertThat(name).matches("[\\w.]+\\.[A-Z]\\w*\\.\\w+");
        assertThat(names.add(name + benchmark.path("params"))).as(name).isTrue();
      }
    }
  }

  private static List<Path> committedRuns() throws IOException {
    return committed("jmh.json").stream().map(file -> file.resolveSibling("")).toList();
  }

  /** Every case that has a number, with its interval around it. */
  @Test
  void bencherFindsEveryNumber() throws Exception {
    for (Path run : committedRuns()) {
      JsonNode metrics = written(0, "report " + run + " --bmf");
      Schemas.requireConforming("bmf", metrics);
      long measured =
          json(run.resolve("manifest.json"))
              .get("cases")
              .valueStream()
              .filter(each -> each.get("forks").asInt() > 0)
              .count();
      assertThat(metrics.size()).isEqualTo((int) measured);
      for (JsonNode metric : metrics) {
        JsonNode latency = metric.get("latency");
        double value = latency.get("value").doubleValue();
        assertThat(latency.path("lower_value").asDouble(value)).isLessThanOrEqualTo(value);
        assertThat(latency.path("upper_value").asDouble(value)).isGreaterThanOrEqualTo(value);
      }
    }
  }

  /** The runs that are committed, and all that is made of them. */
  @Test
  void benchAndCompareAndReport() throws Exception {
    List<Path> manifests = committed("manifest.json");
    assertThat(manifests).isNotEmpty();
    for (Path manifest : manifests) {
      JsonNode json = json(manifest);
      Schemas.requireConforming(json.get("kind").asString().substring("lockstep-".length()), json);
    }
    for (Path file : committed("environment.json")) {
      Schemas.requireConforming("bench-environment", json(file));
    }
    for (Path file : committed("jmh.json")) {
      Schemas.requireConforming("bench-jmh", json(file));
    }
    Path run =
        committed("jmh.json").stream()
            .map(file -> file.resolveSibling(""))
            .filter(path -> path.toString().endsWith("step-widths-two-threads"))
            .findFirst()
            .orElseThrow();
    Schemas.requireExactly("bmf", written(0, "report " + run + " --bmf"));
    List<Path> pair =
        committed("manifest.json").stream()
            .map(file -> file.resolveSibling(""))
            .filter(path -> path.toString().contains("step-1024-libtorch"))
            .toList();
    JsonNode compared =
        written(
            1,
            "compare "
                + pair.get(0)
                + " "
                + pair.get(1)
                + " --across-machines --fail-if-slower 1% --fail-if-undecided --json");
    Schemas.requireExactly("compare", compared);
  }
}
