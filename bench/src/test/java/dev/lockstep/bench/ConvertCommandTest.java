package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.bench.map.MapFolder;
import dev.lockstep.bench.map.MapResult;
import dev.lockstep.bench.map.WrittenMap;
import dev.lockstep.bench.results.RunReader;
import dev.lockstep.bench.results.RunResult;
import dev.lockstep.file.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs in the form of earlier versions, sound and damaged. */
final class ConvertCommandTest {

  private static final String FORK =
      """
      [{"jmhVersion": "1.37", "benchmark": "x.chains", "mode": "avgt", "forks": 1,
        "warmupIterations": 4, "measurementIterations": 2, "measurementTime": "250 ms",
        "primaryMetric": {"scoreUnit": "ns/op", "rawData": [[%s]]}, "secondaryMetrics": {}}]
      """;

  @TempDir Path temp;
  @RegisterExtension final Console console = new Console();
  private Path old = Path.of("");
  private Path converted = Path.of("");

  @BeforeEach
  void writeOldRun() throws IOException {
    old = temp.resolve("old");
    Files.createDirectories(old.resolve("jmh"));
    converted = temp.resolve("new");
    Files.writeString(
        old.resolve("environment.json"),
        "{\"schema\": 1, \"environment\": {\"processor\": \"P\"}}");
    Files.writeString(
        old.resolve("verify.json"),
        "{\"schema\": 1, \"verifications\": [" + verified(1) + ", " + verified(2) + "]}");
    Files.writeString(
        old.resolve("manifest.json"),
        String.format(
            Locale.ROOT,
            """
            {"schema": 1, "kind": "lockstep-bench", "state": "partial",
             "arguments": ["--quick", "--within", "2%%"], "unavailable": ["cuda  UNAVAILABLE"],
             "cases": [{"case": "ceiling-fma-1", "harness": "ceiling-fma",
               "axes": {"threads": "1"}, "flops": 100.0, "bytes": 0.0,
               "stop": "the budget of 20 s is used up", "failure": "",
               "forks": [%s, %s]}]}
            """,
            fork(1, "10.5, 11"),
            fork(2, "12, 13")));
  }

  private static String verified(int fork) {
    return String.format(
        Locale.ROOT,
        """
        {"case": "ceiling-fma-1", "fork": %d, "when": "before", "verdict": "AGREES", "equal": 16,
         "bounded": 0, "share-of-bound": 0.0, "detail": "16 elements"}
        """,
        fork);
  }

  private String fork(int number, String times) throws IOException {
    String text = String.format(Locale.ROOT, FORK, times);
    Files.writeString(old.resolve("jmh/f" + number + ".json"), text);
    return String.format(
        Locale.ROOT,
        "{\"number\": %d, \"block\": 0, \"seconds\": 1.5, \"file\": \"jmh/f%d.json\","
            + " \"sha256\": \"%s\"}",
        number,
        number,
        Sha256.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  private int convert() {
    return Lockstep.run("convert", old.toString(), converted.toString());
  }

  @Test
  void theTimesAreCopied() {
    assertThat(Lockstep.run("report", "--text", old.toString())).isEqualTo(2);
    assertThat(console.complained())
        .contains("manifest.json: schema is 1, expected 2: `lockstep convert`")
        .hasLineCount(1);
    assertThat(convert()).as(console.complained()).isZero();
    RunResult run = RunReader.read(converted);
    assertThat(run.environment()).containsEntry("processor", "P");
    assertThat(run.complete()).isFalse();
    assertThat(run.plan().within()).isEqualTo(0.02);
    assertThat(run.plan().iterationMs()).isEqualTo(250);
    assertThat(run.plan().mostForks()).isEqualTo(3);
    assertThat(run.cases().getFirst().forks())
        .extracting(fork -> fork.nanoseconds().getLast())
        .containsExactly(11.0, 13.0);
    assertThat(converted).isDirectoryContaining("glob:**/summary.md");
    assertThat(convert()).isEqualTo(2);
  }

  /** What no run can have is refused before anything is written. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"block\": 0 | \"block\": 2000000000 | block is 2000000000, expected 0 to 999",
        "\"threads\": \"1\" | \"threads\": \"0\" | threads is 0",
        "\"harness\": \"ceiling-fma\" | \"harness\": \"nosuch\" | harness is nosuch",
        "\"number\": 2 | \"number\": 1 | fork is 1, expected 2",
        "jmh/f2 | ../../f2 | file is ../../f2.json, expected one in jmh/",
        "jmh/f2 | jmh/f1 | expected that of the manifest",
        "\"flops\": 100.0 | \"flops\": -1 | flops is -1.0"
      })
  void aDamagedRunIsNotConverted(String from, String to, String complaint) throws IOException {
    Path manifest = old.resolve("manifest.json");
    String text = Files.readString(manifest);
    assertThat(text).contains(from);
    Files.writeString(manifest, text.replace(from, to));
    assertThat(convert()).isEqualTo(2);
    assertThat(console.complained()).contains(complaint).hasLineCount(1);
    assertThat(converted).doesNotExist();
  }

  private Path oldMap() throws IOException {
    Path map = temp.resolve("old-map");
    WrittenMap.write(map);
    Files.delete(map.resolve("manifest.json"));
    Files.writeString(map.resolve("map.txt"), "classes after\n200 steps; - not looked at\n");
    return map;
  }

  private int convertMap(Path map) {
    return Lockstep.run("convert", map.toString(), converted.toString());
  }

  @Test
  void aMapWithoutAManifestGetsOne() throws IOException {
    Path map = oldMap();
    assertThat(Lockstep.run("report", map.toString())).isEqualTo(2);
    assertThat(console.complained())
        .contains("manifest.json is missing, as in maps of earlier versions: `lockstep convert`")
        .hasLineCount(1);
    assertThat(convertMap(map)).as(console.complained()).isZero();
    MapResult read = MapFolder.read(converted);
    assertThat(read.steps()).isEqualTo(200);
    assertThat(read.complete()).isTrue();
    assertThat(read.rows()).hasSize(4);
    assertThat(converted.resolve("map.csv")).hasSameBinaryContentAs(map.resolve("map.csv"));
    assertThat(map.resolve("manifest.json")).doesNotExist();
    assertThat(convertMap(map)).isEqualTo(2);
  }

  @Test
  void aMapThatWasCutShortStaysSo() throws IOException {
    Path map = oldMap();
    Files.writeString(map.resolve("map.txt"), "after 9 steps\n\n  7     1   -\n");
    assertThat(convertMap(map)).isZero();
    assertThat(MapFolder.read(converted).complete()).isFalse();
    assertThat(MapFolder.read(converted).steps()).isEqualTo(9);
    converted = temp.resolve("other");
    Files.delete(map.resolve("map.txt"));
    assertThat(convertMap(map)).isZero();
    assertThat(MapFolder.read(converted).complete()).isFalse();
    assertThat(MapFolder.read(converted).steps()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "map.csv | vector | ../v | map.csv, row 1: backend is ../v",
        "map.csv | held | maybe | map.csv, row 1: lockstep is maybe",
        "map.txt | 200 | many | map.txt: steps is missing",
        "map.txt | 200 | 100001 | map.txt: steps is 100001, expected 1 to 100000",
      })
  void aDamagedMapIsNotConverted(String file, String from, String to, String complaint)
      throws IOException {
    Path damaged = oldMap().resolve(file);
    Files.writeString(damaged, Files.readString(damaged).replace(from, to));
    assertThat(convertMap(damaged.resolveSibling(""))).isEqualTo(2);
    assertThat(console.complained()).contains(complaint).hasLineCount(1);
    assertThat(converted).doesNotExist();
  }

  @Test
  void aMapOfLinksIsNotConverted() throws IOException {
    Path csv = oldMap().resolve("map.csv");
    Files.createSymbolicLink(csv, Files.move(csv, temp.resolve("elsewhere.csv")));
    assertThat(convertMap(csv.resolveSibling(""))).isEqualTo(2);
    assertThat(console.complained()).contains("map.csv: file is a link, expected a regular file");
    assertThat(converted).doesNotExist();
  }
}
