package dev.lockstep.bench.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.lockstep.bench.ChildJvm;
import dev.lockstep.bench.Lockstep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is left of a check that does not come to its end. */
class PartialReportTest {

  private static final Duration LIMIT = Duration.ofMinutes(2);

  @TempDir Path folder;

  private List<String> check(String steps, Path json) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("check", "--backends", "scalar,vector", "--width", "7,9,11,13"));
    arguments.addAll(List.of("--batch", "3", "--depth", "1", "--activation", "tanh"));
    arguments.addAll(List.of("--optimizer", "sgd", "--loss", "cross-entropy", "--noise", "0"));
    arguments.addAll(List.of("--init", "random", "--steps", steps, "--json", json.toString()));
    return arguments;
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  @Test
  void aKilledCheckLosesTheCellThatRan() throws Exception {
    Path json = folder.resolve("v.json");
    Path partial = folder.resolve("v.json.partial");
    Process check = new ChildJvm(folder).start(Lockstep.class, check("3000", json));
    try {
      assertTimeoutPreemptively(
          LIMIT,
          () -> {
            // The second line is the first cell.
            while (lines(partial).size() < 2 && check.isAlive()) {
              TimeUnit.MILLISECONDS.sleep(20);
            }
          });
    } finally {
      check.destroyForcibly().waitFor();
    }

    assertThat(json).doesNotExist();
    List<JsonNode> lines =
        lines(partial).stream().map(line -> JsonMapper.shared().readTree(line)).toList();
    assertThat(lines.getFirst().get("state").asString()).isEqualTo("partial");
    assertThat(lines.getFirst().get("scenarios").asInt()).isEqualTo(4);
    assertThat(lines.get(1).get("name").asString()).isEqualTo("w7-b3-d1-tanh-random");
    assertThat(lines.get(1).get("outcomes")).hasSize(2);

    ChildJvm.Run again = new ChildJvm(folder).run(Lockstep.class, check("5", json));
    assertThat(again.err()).isEmpty();
    assertThat(again.status()).isZero();
    assertThat(partial).doesNotExist();
    assertThat(JsonMapper.shared().readTree(json.toFile()).get("cells")).hasSize(4);
  }

  @Test
  void aReportOnAStreamHasNoneBeside() throws Exception {
    ChildJvm.Run run = new ChildJvm(folder).run(Lockstep.class, check("5", Path.of("/dev/stdout")));
    assertThat(run.status()).isZero();
    assertThat(run.out()).contains("\"verdict\" : \"AGREES\"");
    assertThat(Path.of("/dev/stdout.partial")).doesNotExist();
  }
}
