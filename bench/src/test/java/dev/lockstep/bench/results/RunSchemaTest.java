package dev.lockstep.bench.results;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.bench.Schemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The files of a run, while it measures and when it is finished, are what their schemas say. */
final class RunSchemaTest {

  @TempDir Path folder;

  private Path run() {
    return folder.resolve("run");
  }

  private JsonNode json(String file) throws IOException {
    return JsonMapper.shared().readTree(Files.readAllBytes(run().resolve(file)));
  }

  private void requireLines(String schema, String file) throws IOException {
    List<String> lines = Files.readAllLines(run().resolve(file));
    assertThat(lines).isNotEmpty();
    for (String line : lines) {
      Schemas.requireExactly(schema, JsonMapper.shared().readTree(line));
    }
  }

  @Test
  void finished() throws Exception {
    WrittenRun.write(run(), RunLog.State.COMPLETE);
    Schemas.requireExactly("bench", json("manifest.json"));
    Schemas.requireExactly("bench-environment", json("environment.json"));
    Schemas.requireExactly("bench-verify", json("verify.json"));
    Schemas.requireExactly("bench-jmh", json("jmh.json"));
    requireLines("bench-samples", "samples.jsonl");
  }

  @Test
  void measuring() throws Exception {
    WrittenRun.writeKilled(run());
    Schemas.requireExactly("bench", json("manifest.json"));
    requireLines("bench-journal", "journal.jsonl");
  }
}
