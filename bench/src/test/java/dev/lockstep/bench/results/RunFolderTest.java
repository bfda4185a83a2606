package dev.lockstep.bench.results;

import static dev.lockstep.bench.results.WrittenRun.FMA;
import static dev.lockstep.bench.results.WrittenRun.PLAN;
import static dev.lockstep.bench.results.WrittenRun.STEP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.bench.results.RunLog.State;
import dev.lockstep.bench.results.RunReader.Unfinished;
import dev.lockstep.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A run's folder, written and read back, whole and cut off. */
final class RunFolderTest {

  @TempDir Path temp;

  private Path run() {
    return temp.resolve("run");
  }

  private List<String> files() throws IOException {
    try (var files = Files.list(run())) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static void assertRead(RunResult read) {
    assertThat(read.name()).isEqualTo("run");
    assertThat(read.plan()).isEqualTo(PLAN);
    assertThat(read.environment()).containsEntry("processor", "P");
    assertThat(read.unavailable()).containsExactly("cuda  UNAVAILABLE");
    assertThat(read.cases()).extracting(CaseResult::of).containsExactly(FMA, STEP);
    CaseResult step = read.cases().get(1);
    assertThat(step.forks())
        .extracting(ForkResult::nanoseconds)
        .containsExactly(List.of(1.0, 2.0, 3.0), List.of(4.0, 5.0));
    assertThat(step.verified()).isEqualTo("bound, 50%");
    assertThat(step.stop()).isEqualTo("known");
    assertThat(step.flops()).isEqualTo(1000);
    assertThat(read.cases().get(0).setAside()).isOne();
  }

  @Test
  void whatIsWrittenIsReadBack() {
    WrittenRun.write(run(), State.COMPLETE);
    RunResult read = RunReader.read(run());
    assertThat(read.complete()).isTrue();
    assertRead(read);
  }

  @Test
  void aFinishedRunIsAHandfulOfFiles() throws IOException {
    WrittenRun.write(run(), State.COMPLETE);
    assertThat(files())
        .containsExactly(
            "environment.json",
            "jmh.json",
            "manifest.json",
            "samples.jsonl",
            "summary.csv",
            "verify.json");
    for (String file : files()) {
      assertThat(Files.readString(run().resolve(file))).doesNotContain("/home", "somebody");
    }
  }

  /** Names, order and numbers are those of published runs, which must stay readable. */
  @Test
  void theFormOfTheFilesStays() throws IOException {
    WrittenRun.write(run(), State.PARTIAL);
    assertThat(Files.readString(run().resolve("manifest.json")))
        .startsWith(
            """
            {
              "schema" : 2,
              "kind" : "lockstep-bench",
              "state" : "partial",
              "plan" : {
                "device" : 0,
                "arms" : "",
                "warm-ups" : 5,
                "iterations" : 5,
                "iteration-ms" : 500,
                "fewest-forks" : 3,
                "most-forks" : 8,
                "within" : 0.03
              },
              "unavailable" : [ "cuda  UNAVAILABLE" ],
              "cases" : [ {
                "case" : "ceiling-fma-1",
                "harness" : "ceiling-fma",
                "axes" : {
                  "threads" : "1"
                },
                "flops" : 100.0,
                "bytes" : 0.0,
                "forks" : 1,
                "set-aside" : 1,
                "ended" : "budget",
                "stop" : "the budget is used up",
                "failure" : ""
              }, {
            """)
        .contains("\"files\" : {\n    \"environment.json\" : \"");
    assertThat(Files.readAllLines(run().resolve("samples.jsonl")))
        .containsExactly(
            "{\"case\":\"ceiling-fma-1\",\"fork\":1,\"block\":0,\"seconds\":1.5,\"ns\":[7.0]}",
            "{\"case\":\"step-vector-33-2-7-tanh-random-1\",\"fork\":1,\"block\":0,"
                + "\"seconds\":1.5,\"ns\":[1.0,2.0,3.0]}",
            "{\"case\":\"step-vector-33-2-7-tanh-random-1\",\"fork\":2,\"block\":0,"
                + "\"seconds\":1.5,\"ns\":[4.0,5.0]}");
    assertThat(Files.readAllLines(run().resolve("verify.json")))
        .hasSize(8)
        .startsWith(
            "{\"schema\":2,\"verifications\":[",
            "{\"case\":\"ceiling-fma-1\",\"fork\":1,\"when\":\"before\",\"verdict\":\"AGREES\","
                + "\"equal\":4096,\"bounded\":0,\"share-of-bound\":0.0,\"detail\":\"equal\"},")
        .endsWith("]}");
  }

  /** All forks of a case are one benchmark of JMH, with its own statistics. */
  @Test
  void jmhsFileIsOneArray() throws IOException {
    WrittenRun.write(run(), State.COMPLETE);
    JsonNode all = JsonMapper.shared().readTree(Files.readAllBytes(run().resolve("jmh.json")));
    assertThat(all.size()).isEqualTo(2);
    JsonNode step = all.get(1);
    assertThat(step.path("benchmark").stringValue()).isEqualTo("x.step");
    assertThat(step.path("jvm").stringValue()).isEqualTo("java");
    assertThat(step.path("forks").intValue()).isEqualTo(2);
    JsonNode metric = step.path("primaryMetric");
    assertThat(metric.path("score").doubleValue()).isEqualTo(3);
    // t(4 degrees of freedom, 99.95%) = 8.6103; deviation sqrt(2.5) over sqrt(5).
    assertThat(metric.path("scoreError").doubleValue())
        .isCloseTo(8.6103 * Math.sqrt(0.5), org.assertj.core.data.Percentage.withPercentage(0.01));
    assertThat(metric.path("scorePercentiles").path("50.0").doubleValue()).isEqualTo(3);
    assertThat(metric.path("rawData").toString()).isEqualTo("[[1.0,2.0,3.0],[4.0,5.0]]");
    assertThat(all.get(0).path("primaryMetric").path("scoreError").stringValue()).isEqualTo("NaN");
  }

  @Test
  void aKilledRunIsReadFromItsJournal() throws IOException {
    WrittenRun.writeKilled(run());
    assertThat(files()).containsExactly("environment.json", "journal.jsonl", "manifest.json");
    RunResult read = RunReader.read(run());
    assertThat(read.complete()).isFalse();
    assertRead(read);
  }

  /** A kill while a line is written: wherever it is cut, the run goes on without it. */
  @Test
  void aLineThatWasCutOffIsMeasuredAgain() throws IOException {
    WrittenRun.writeKilled(run());
    Path journal = run().resolve("journal.jsonl");
    byte[] whole = Files.readAllBytes(journal);
    for (int length = 0; length <= whole.length; length += 7) {
      Files.write(journal, Arrays.copyOf(whole, length));
      assertThat(RunReader.readUnfinished(run()).cases()).as("%d bytes", length).hasSize(2);
    }
    Files.write(journal, Arrays.copyOf(whole, whole.length / 2));
    goOn();
    RunResult read = RunReader.read(run());
    assertThat(read.complete()).isTrue();
    assertThat(read.cases().get(1).forks()).hasSizeGreaterThan(1);
  }

  /** Also from a run that its budget ended: that case is open again. */
  @Test
  void aFinishedRunGoesOn() throws IOException {
    WrittenRun.write(run(), State.PARTIAL);
    goOn();
    RunResult read = RunReader.read(run());
    assertThat(read.cases().get(0).forks()).hasSize(2);
    assertThat(read.cases().get(0).stop()).isEqualTo("enough");
    assertThat(read.cases().get(1).stop()).isEqualTo("known");
    assertThat(files()).doesNotContain("journal.jsonl", ".lock");
  }

  private void goOn() {
    try (RunFolder folder = RunFolder.resume(run())) {
      Unfinished unfinished = RunReader.readUnfinished(run());
      folder.writeEnvironment(Map.of("processor", "P"), null);
      RunLog log = new RunLog(folder, PLAN, List.of());
      WrittenRun.plan(log);
      unfinished.cases().forEach(log::takeOver);
      log.begin();
      for (CaseResult result : log.results()) {
        if (result.stop().isEmpty()) {
          WrittenRun.add(log, result.of(), result.forks().size() + 1, 6);
          log.stop(result.of(), "enough");
        }
      }
      log.finish(State.COMPLETE);
      log.seal(_ -> {});
    }
  }

  @Test
  void oneRunAtATime() {
    try (RunFolder first = RunFolder.create(run(), Hardware.REAL)) {
      assertThat(first.path()).isEqualTo(run());
      assertThatThrownBy(() -> RunFolder.create(run(), Hardware.REAL))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("no other command writes to now: this process");
      assertThatThrownBy(() -> RunFolder.resume(run()))
          .hasMessageContaining("expected one with a manifest.json");
    }
  }

  @Test
  void aFolderInWhichNothingWasMeasuredIsNotLeft() throws IOException {
    Path inner = temp.resolve("a/b/run");
    try (RunFolder folder = RunFolder.create(inner, Hardware.REAL)) {
      folder.writeEnvironment(Map.of(), null);
      assertThat(inner).isDirectory();
    }
    assertThat(temp.resolve("a")).doesNotExist();
  }

  @Test
  void aFolderThatHoldsSomethingIsLeftAlone() throws IOException {
    Files.createDirectories(run());
    Files.writeString(run().resolve("mine.txt"), "mine");
    assertThatThrownBy(() -> RunFolder.create(run(), Hardware.REAL))
        .hasMessageContaining("expected an empty one");
    assertThat(files()).containsExactly("mine.txt");
  }

  /** Every way of cutting a file short is found. */
  @ParameterizedTest
  @CsvSource({"manifest.json", "verify.json", "environment.json", "samples.jsonl", "jmh.json"})
  void whatIsCutOffIsRefused(String file) throws IOException {
    WrittenRun.write(run(), State.COMPLETE);
    byte[] whole = Files.readAllBytes(run().resolve(file));
    for (int length = 0; length < whole.length; length += 7) {
      Files.write(run().resolve(file), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> RunReader.read(run()))
          .as("%s cut to %d bytes", file, length)
          .isInstanceOf(InputException.class);
    }
  }

  @Test
  void aRunWithoutForksIsNoResult() {
    try (RunFolder folder = RunFolder.create(run(), Hardware.REAL)) {
      folder.writeEnvironment(Map.of(), null);
      RunLog log = new RunLog(folder, PLAN, List.of());
      log.plan(FMA, 100, 0);
      log.begin();
      log.leave(FMA, "no time");
      log.seal(_ -> {});
    }
    assertThatThrownBy(() -> RunReader.read(run()))
        .hasMessageContaining("number of forks is 0, expected a run that measured something");
    assertThatThrownBy(() -> RunReader.read(temp.resolve("nowhere")))
        .hasMessageContaining("expected one that `bench` wrote");
  }
}
