package dev.lockstep.bench.results;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.bench.Schemas;
import dev.lockstep.bench.cases.Axis;
import dev.lockstep.bench.cases.Case;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The files of a run, while it measures and when it is finished, are what their schemas say. */
final class RunSchemaTest {

  private static final RunPlan PLAN_OF_BUILDS = new RunPlan(0, Axis.BUILD, 5, 5, 500, 3, 8, 0.03);

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

  /** JMH's readers tell benchmarks apart by their parameters. */
  @Test
  void buildsAreParameters() throws Exception {
    try (RunFolder folder = RunFolder.create(run(), Hardware.REAL)) {
      folder.writeEnvironment(Map.of(), null);
      RunLog log = new RunLog(folder, PLAN_OF_BUILDS, List.of());
      List<Case> builds =
          Stream.of(Axis.THIS_BUILD, Axis.OTHER_BUILD)
              .map(build -> WrittenRun.STEP.with(Axis.BUILD, build))
              .toList();
      builds.forEach(of -> log.plan(of, 1, 0));
      log.begin();
      builds.forEach(of -> WrittenRun.add(log, of, 1, 5, 6));
      builds.forEach(of -> log.stop(of, "known"));
      log.finish(RunLog.State.COMPLETE);
      log.seal(_ -> {});
    }
    assertThat(json("jmh.json").valueStream().map(each -> each.at("/params/build").asString()))
        .containsExactly("this", "other");
    Schemas.requireExactly("bench-jmh", json("jmh.json"));
    assertThat(RunReader.read(run()).cases()).hasSize(2);
  }

  @Test
  void measuring() throws Exception {
    WrittenRun.writeKilled(run());
    Schemas.requireExactly("bench", json("manifest.json"));
    requireLines("bench-journal", "journal.jsonl");
  }
}
