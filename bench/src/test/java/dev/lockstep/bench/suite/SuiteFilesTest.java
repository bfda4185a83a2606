package dev.lockstep.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.bench.files.PathFree;
import dev.lockstep.bench.flags.Budget;
import dev.lockstep.bench.flags.Durations;
import dev.lockstep.bench.suite.SuiteFolder.Cuda;
import dev.lockstep.bench.suite.SuiteFolder.State;
import dev.lockstep.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What a suite writes, cut off or whole, and what it may take. */
final class SuiteFilesTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cuBLAS 12 (/home/me/lib/libcublas.so.12) | cuBLAS 12 (libcublas.so.12)",
        "/home/me/a.so and /usr/lib/b.so | a.so and b.so",
        "in /usr/local/cuda*, x | in cuda*, x",
        "RTX 4090/PCIe, 82.5 GB/s, 1/B | RTX 4090/PCIe, 82.5 GB/s, 1/B",
        "no driver: see `lockstep doctor` | no driver: see `lockstep doctor`"
      })
  void ofAPathTheLastNameStays(String text, String expected) {
    assertThat(PathFree.text(text)).isEqualTo(expected);
    ObjectNode tree = JsonMapper.shared().createObjectNode();
    tree.putArray("list").addObject().put("text", text).put("number", 7);
    assertThat(PathFree.tree(tree).toString())
        .isEqualTo("{\"list\":[{\"text\":\"" + expected + "\",\"number\":7}]}");
  }

  @Test
  void aRunThatIsCutOffKeepsWhatItHas() throws IOException {
    SuiteFolder made = SuiteFolder.create(folder.resolve("a/b"), Cuda.NONE, List.of("one", "two"));
    made.write("one", State.PARTIAL, JsonMapper.shared().createObjectNode().put("where", "/x/y"));
    String manifest = Files.readString(folder.resolve("a/b/manifest.json"));
    assertThat(manifest.replaceAll("\\s+", ""))
        .contains("\"state\":\"partial\",\"cuda\":\"NONE\"")
        .contains("\"name\":\"one\",\"file\":\"one.json\",\"state\":\"partial\"")
        .contains("\"name\":\"two\",\"file\":\"two.json\",\"state\":\"absent\"");
    assertThat(Files.readString(folder.resolve("a/b/one.json"))).contains("\"where\" : \"y\"");

    made.write("one", State.COMPLETE, JsonMapper.shared().createObjectNode());
    made.write("two", State.UNAVAILABLE, JsonMapper.shared().createObjectNode());
    assertThat(Files.readString(folder.resolve("a/b/manifest.json")))
        .contains("\"state\" : \"partial\"");
    made.finish(List.of("# all"));
    assertThat(Files.readString(folder.resolve("a/b/manifest.json")))
        .doesNotContain("\"partial\"")
        .contains("\"state\" : \"complete\"");
    assertThat(folder.resolve("a/b/summary.md")).hasContent("# all\n");
  }

  @Test
  void aFolderThatIsNotEmptyIsRefused() throws IOException {
    Files.createFile(folder.resolve("mine"));
    assertThatThrownBy(() -> SuiteFolder.create(folder, Cuda.REAL, List.of()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("expected an empty one");
    assertThat(folder.resolve("manifest.json")).doesNotExist();
  }

  @Test
  void sixtyLinesAtMost() {
    Summary summary = new Summary();
    summary.section("long", 50, Collections.nCopies(100, "x"));
    summary.section("also", 30, Collections.nCopies(30, "y"));
    summary.section("empty", 3, List.of());
    summary.section("short", 3, List.of("z"));
    List<String> lines = summary.lines("# heading", 80, List.of("Suite: it holds"));
    assertThat(lines).hasSizeBetween(50, Summary.MOST_LINES).startsWith("# heading", "## long");
    assertThat(lines).endsWith("## Verdict", "    Suite: it holds");
    assertThat(lines).contains("    z", "## also", "    (more lines in the JSON files)");
    assertThat(lines).doesNotContain("## empty");
  }

  @Test
  void budgets() {
    assertThat(Durations.parse("--budget", "90s")).isEqualTo(Duration.ofSeconds(90));
    assertThat(Durations.parse("--budget", "8m")).isEqualTo(Duration.ofMinutes(8));
    assertThat(Durations.parse("--budget", "1h")).isEqualTo(Duration.ofHours(1));
    assertThat(Budget.of(Duration.ofHours(1)).until(0.5).getAsBoolean()).isFalse();
    assertThat(Budget.of(Duration.ofHours(1)).until(0).getAsBoolean()).isTrue();
    assertThat(Budget.of(Duration.ofHours(1)).passesWithin(3500)).isFalse();
    assertThat(Budget.of(Duration.ofHours(1)).passesWithin(3601)).isTrue();
    assertThat(Budget.of(null).passesWithin(1e9)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "8", "0m", "-1s", "8 m", "1d", "9999999s"})
  void noBudgets(String text) {
    assertThatThrownBy(() -> Durations.parse("--budget", text))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("--budget: time is " + (text.isEmpty() ? "''" : text));
  }
}
