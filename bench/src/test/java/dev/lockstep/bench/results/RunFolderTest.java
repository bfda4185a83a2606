package dev.lockstep.bench.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.backend.Availability.Hardware;
import dev.lockstep.bench.results.ForkResult.Verified;
import dev.lockstep.bench.results.RunLog.State;
import dev.lockstep.bench.results.RunReader.Unfinished;
import dev.lockstep.input.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run's folder, written and read back, whole, cut off and damaged. */
final class RunFolderTest {
  private static final Case STEP =
      new Case("step", Map.of("backend", "vector", "width", "33", "threads", "1"));
  private static final Case FMA = new Case("ceiling-fma", Map.of("threads", "1"));

  @TempDir Path temp;

  private Path run() {
    return temp.resolve("run");
  }

  private ForkResult fork(Case of, int number, double... times) {
    return new ForkResult(
        of,
        number,
        0,
        1.5,
        Arrays.stream(times).boxed().toList(),
        List.of(),
        List.of(),
        List.of(
            new Verified("before", 4096, 0, 0, "equal"),
            new Verified("after", 0, 64, 0.5, "near")));
  }

  /** As JMH writes it, with what it says of the machine. */
  private Path jmh(double... times) throws IOException {
    Path file = temp.resolve("jmh.json");
    Files.writeString(
        file,
        String.format(
            Locale.ROOT,
            """
            [{"jmhVersion": "1.37", "benchmark": "x.step", "jvm": "/home/somebody/jdk/bin/java",
              "jvmArgs": ["-Dlockstep.verification=/tmp/some/where"],
              "primaryMetric": {"scoreUnit": "ns/op", "rawData": [%s]}, "secondaryMetrics": {}}]
            """,
            Arrays.toString(times)));
    return file;
  }

  /** Two forks of a step, one of a ceiling. */
  private void write(State state) throws IOException {
    try (RunFolder folder = RunFolder.create(run(), Hardware.REAL)) {
      folder.writeEnvironment(Map.of("processor", "P"), null);
      RunLog log = new RunLog(folder, List.of("--quick"), List.of("cuda  UNAVAILABLE"));
      log.plan(FMA, 100, 0);
      log.plan(STEP, 1000, 0);
      log.finish(State.PARTIAL);
      log.add(fork(STEP, 1, 1, 2, 3), jmh(1, 2, 3));
      log.add(fork(FMA, 1, 7), jmh(7));
      log.add(fork(STEP, 2, 4, 5), jmh(4, 5));
      log.stop(STEP, "known");
      log.finish(state);
    }
  }

  @Test
  void whatIsWrittenIsReadBack() throws IOException {
    write(State.COMPLETE);
    RunResult read = RunReader.read(run());
    assertThat(read.name()).isEqualTo("run");
    assertThat(read.complete()).isTrue();
    assertThat(read.arguments()).containsExactly("--quick");
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
  }

  /**
   * Names, order and numbers are those of runs that were written long ago and must stay readable.
   */
  @Test
  void theFormOfTheFilesStays() throws IOException {
    write(State.COMPLETE);
    assertThat(Files.readString(run().resolve("manifest.json")))
        .startsWith(
            """
            {
              "schema" : 1,
              "kind" : "lockstep-bench",
              "state" : "complete",
              "arguments" : [ "--quick" ],
              "unavailable" : [ "cuda  UNAVAILABLE" ],
              "cases" : [ {
                "case" : "ceiling-fma-1",
                "harness" : "ceiling-fma",
                "axes" : {
                  "threads" : "1"
                },
                "flops" : 100.0,
                "bytes" : 0.0,
                "stop" : "",
                "failure" : "",
                "forks" : [ {
                  "number" : 1,
                  "block" : 0,
                  "seconds" : 1.5,
                  "file" : "jmh/ceiling-fma-1.fork1.json",
                  "sha256" : "\
            """);
    assertThat(Files.readString(run().resolve("verify.json")))
        .startsWith(
            """
            {
              "schema" : 1,
              "verifications" : [ {
                "case" : "ceiling-fma-1",
                "fork" : 1,
                "when" : "before",
                "verdict" : "AGREES",
                "equal" : 4096,
                "bounded" : 0,
                "share-of-bound" : 0.0,
                "detail" : "equal"
              }, {
            """);
    assertThat(run().resolve("environment.json"))
        .hasContent(
            """
            {
              "schema" : 1,
              "environment" : {
                "processor" : "P"
              }
            }\
            """);
  }

  @Test
  void noFileNamesAPathOrIsALock() throws IOException {
    write(State.COMPLETE);
    try (var files = Files.walk(run())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(file.getFileName().toString()).doesNotStartWith(".");
        assertThat(Files.readString(file)).doesNotContain("/home", "/tmp", "somebody");
      }
    }
    assertThat(Files.readAllLines(run().resolve("samples.jsonl")))
        .hasSize(6)
        .first()
        .isEqualTo("{\"case\":\"ceiling-fma-1\",\"fork\":1,\"iteration\":1,\"ns\":7.0}");
  }

  /** A kill between the fork's file and the manifest: the fork is measured again. */
  @Test
  void whatTheManifestDoesNotNameIsNotThere() throws IOException {
    write(State.PARTIAL);
    Path stray = run().resolve(RunFolder.shard(STEP, 3));
    Files.writeString(stray, "half a fi");
    Unfinished unfinished = RunReader.readUnfinished(run());
    assertThat(unfinished.run().complete()).isFalse();
    try (RunFolder folder = RunFolder.resume(run())) {
      RunLog log = new RunLog(folder, List.of("--quick"), List.of());
      log.plan(FMA, 100, 0);
      log.plan(STEP, 1000, 0);
      unfinished.run().cases().forEach(each -> log.takeOver(each, unfinished.digests()));
      log.add(fork(STEP, 3, 6), jmh(6));
      log.finish(State.COMPLETE);
    }
    assertThat(RunReader.read(run()).cases().get(1).forks()).hasSize(3);
  }

  @Test
  void oneRunAtATime() {
    try (RunFolder first = RunFolder.create(run(), Hardware.REAL)) {
      assertThat(first.path()).isEqualTo(run());
      assertThatThrownBy(() -> RunFolder.create(run(), Hardware.REAL))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("expected an empty one");
      assertThatThrownBy(() -> RunFolder.resume(run()))
          .hasMessageContaining("expected one with a manifest.json");
    }
  }

  @Test
  void aRunningRunIsNotResumed() throws IOException {
    write(State.PARTIAL);
    try (RunFolder first = RunFolder.resume(run())) {
      assertThat(first.path()).isEqualTo(run());
      assertThatThrownBy(() -> RunFolder.resume(run()))
          .hasMessageContaining("another run is writing");
    }
  }

  @Test
  void aFolderThatHoldsSomethingIsLeftAlone() throws IOException {
    Files.createDirectories(run());
    Files.writeString(run().resolve("mine.txt"), "mine");
    assertThatThrownBy(() -> RunFolder.create(run(), Hardware.REAL))
        .hasMessageContaining("expected an empty one");
    assertThat(run()).isDirectoryContaining(file -> file.endsWith("mine.txt"));
    try (var files = Files.list(run())) {
      assertThat(files).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "manifest.json | \"schema\" : 1 | \"schema\" : 2 | schema is 2, expected 1",
        "manifest.json | lockstep-bench | something | kind is something, expected lockstep-bench",
        "manifest.json | \"cases\" | \"cays\" | expected a list",
        "manifest.json | \"sha256\" : \" | \"sha256\" : \"0 | expected that of the manifest",
        "manifest.json | \"file\" : \"jmh/ | \"file\" : \"../../ | expected one inside the folder",
        "manifest.json | { | ] | expected JSON",
        "verify.json | \"before\" | 7 | when is 7, expected a text",
        "verify.json | \"schema\" : 1 | \"schema\" : \"x\" | schema is \"x\", expected 1",
        "verify.json | \"fork\" : 2 | \"fork\" : 9 | it was not verified",
        "environment.json | \"schema\" : 1 | \"schema\" : 0 | schema is 0, expected 1",
        "jmh/ceiling-fma-1.fork1.json | 7.0 | 8.0 | it was changed"
      })
  void whatIsDamagedIsRefusedInOneSentence(String file, String from, String to, String complaint)
      throws IOException {
    write(State.COMPLETE);
    Path damaged = run().resolve(file);
    String text = Files.readString(damaged);
    assertThat(text).contains(from);
    Files.writeString(damaged, text.replace(from, to));
    assertThatThrownBy(() -> RunReader.read(run()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(complaint)
        .hasMessageNotContaining("\n");
  }

  /** Every way of cutting a file short is found, too. */
  @ParameterizedTest
  @CsvSource({"manifest.json", "verify.json", "environment.json"})
  void whatIsCutOffIsRefused(String file) throws IOException {
    write(State.COMPLETE);
    byte[] whole = Files.readAllBytes(run().resolve(file));
    for (int length = 0; length < whole.length; length += 7) {
      Files.write(run().resolve(file), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> RunReader.read(run()))
          .as("%s cut to %d bytes", file, length)
          .isInstanceOf(InputException.class);
    }
  }

  @Test
  void aRunWithoutForksIsNoResult() throws IOException {
    try (RunFolder folder = RunFolder.create(run(), Hardware.REAL)) {
      folder.writeEnvironment(Map.of(), null);
      RunLog log = new RunLog(folder, List.of(), List.of());
      log.plan(FMA, 100, 0);
      log.finish(State.PARTIAL);
    }
    assertThatThrownBy(() -> RunReader.read(run()))
        .hasMessageContaining("number of forks is 0, expected a run that measured something");
    assertThatThrownBy(() -> RunReader.read(temp.resolve("nowhere")))
        .hasMessageContaining("expected one that `bench` wrote");
  }
}
