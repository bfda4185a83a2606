package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.bench.results.WrittenRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code report} draws of a command's JSON what the command itself draws. */
final class ReportedDocumentsTest {

  private static final Pattern DATA =
      Pattern.compile("<script type=\"application/json\" id=\"data\">(.*)</script>");

  @TempDir Path folder;
  @RegisterExtension final Console console = new Console();

  private static JsonNode data(Path page, String source) throws IOException {
    Matcher data = DATA.matcher(Files.readString(page));
    assertThat(data.find()).isTrue();
    return JsonMapper.shared()
        .readTree(data.group(1).replace("\"source\":\"" + source + "\"", "\"source\":\"it\""));
  }

  private void run(String... words) {
    assertThat(Lockstep.run(words)).as(console.complained()).isZero();
  }

  /** Runs a command that names its results by a word, and reports its JSON. */
  private void requireTheSame(String source, String... command) throws IOException {
    Path json = folder.resolve("it.json");
    Path own = folder.resolve("own.html");
    List<String> words = new ArrayList<>(List.of(command));
    words.addAll(List.of("--json", json.toString(), "--html", own.toString()));
    run(words.toArray(String[]::new));
    Path reported = folder.resolve("reported.html");
    run("report", json.toString(), "--html", reported.toString());
    JsonNode drawn = data(own, source);
    assertThat(drawn.get("sections").valueStream().map(each -> each.get("id").asString()))
        .contains("environment");
    assertThat(data(reported, "it.json")).isEqualTo(drawn);
  }

  @Test
  void compare() throws Exception {
    Path run = folder.resolve("run");
    WrittenRun.writeBuilds(run);
    requireTheSame("compare", "compare", run.toString());
    assertThat(folder.resolve("reported.html")).content().contains("lockstep bench --only step");
  }

  @Test
  void study() throws Exception {
    requireTheSame(
        "study textbook",
        "study",
        "textbook",
        "--data",
        "digits",
        "--backends",
        "vector",
        "--width",
        "16",
        "--steps",
        "150");
    assertThat(folder.resolve("reported.html"))
        .content()
        .contains("lockstep study textbook --data digits --width 16 --steps 150 --backends vector");
  }
}
