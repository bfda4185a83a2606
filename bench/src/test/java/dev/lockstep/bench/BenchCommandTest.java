package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code lockstep bench} with JMH, as short as can be: that it works, not how fast anything is. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class BenchCommandTest {
  private static final List<String> SHORT =
      List.of("--forks", "2", "--warm-ups", "0", "--iterations", "2", "--iteration", "5ms");

  @TempDir Path temp;

  private ChildJvm jvm() {
    return new ChildJvm(temp).set("COLUMNS", "200"); // so that a row stays on one line
  }

  private ChildJvm.Run run(String... arguments) throws IOException, InterruptedException {
    return jvm().lockstep(arguments);
  }

  private static List<String> with(List<String> more, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(more);
    return all;
  }

  private Path folder() {
    return temp.resolve("run");
  }

  private JsonNode manifest() throws IOException {
    return JsonMapper.shared().readTree(Files.readAllBytes(folder().resolve("manifest.json")));
  }

  /** What the folder has of each fork: the case, the number, the block and the times. */
  private List<JsonNode> forks() throws IOException {
    Path finished = folder().resolve("samples.jsonl");
    Path journal = folder().resolve("journal.jsonl");
    List<JsonNode> forks = new ArrayList<>();
    if (Files.exists(finished)) {
      for (String line : Files.readAllLines(finished)) {
        forks.add(JsonMapper.shared().readTree(line));
      }
    } else if (Files.exists(journal)) {
      for (String line : Files.readString(journal).split("(?<=\n)")) {
        JsonNode samples =
            line.endsWith("\n") ? JsonMapper.shared().readTree(line).get("samples") : null;
        if (samples != null) {
          forks.add(samples);
        }
      }
    }
    return forks;
  }

  @Test
  void measuresVerifiesKeepsAndReports() throws IOException, InterruptedException {
    ChildJvm.Run run =
        measured("--only", "product", "--shape", "7x33x129", "--form", "ABT", "--threads", "1");
    assertThat(run.out())
        .containsPattern(" 7x33x129 +ABT +1 +vector .* bits")
        .contains("double  is an oracle")
        .contains("cuda  UNAVAILABLE");
    // Two forks of three cases; after times as short as these a ceiling may be lower than what is
    // held against it, and then both are measured once more.
    assertThat(forks()).hasSizeBetween(6, 9);
    assertThat(folder()).isDirectoryContaining("glob:**/environment.json");
    assertThat(Files.readAllLines(folder().resolve("summary.csv")))
        .hasSize(4)
        .first()
        .asString()
        .startsWith("harness,threads,");
    ChildJvm.Run report = run("report", "--text", folder().toString());
    assertThat(report.status()).isZero();
    assertThat(run.out()).contains(report.out());
  }

  @Tag("thorough")
  @Test
  void measuresSteps() throws IOException, InterruptedException {
    assertThat(
            measured(
                    "--only",
                    "step",
                    "--width",
                    "33",
                    "--batch",
                    "7",
                    "--init",
                    "equal",
                    "--threads",
                    "1")
                .out())
        .contains("training step, 784-W-W-10 tanh, batch 7, units equal, median [95%]")
        .containsPattern(" 33 +vector .* 1 +bits")
        .containsPattern(" 33 +scalar .* x \\[.*\\] +bits");
  }

  private ChildJvm.Run measured(String... flags) throws IOException, InterruptedException {
    List<String> line = with(SHORT, "bench", "--backends", "vector,scalar,double,cuda");
    line.addAll(List.of(flags));
    line.addAll(List.of("--out", folder().toString()));
    ChildJvm.Run run = run(line.toArray(String[]::new));
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(manifest().path("state").stringValue()).isEqualTo("complete");
    return run;
  }

  /** What was measured before a kill is kept to the byte, and only the rest is measured again. */
  @Tag("thorough")
  @Test
  void aKillLosesTheRunningForkAtMost() throws IOException, InterruptedException {
    Process killed =
        jvm()
            .start(
                Lockstep.class,
                with(
                    List.of(
                        "--forks",
                        "3",
                        "--warm-ups",
                        "0",
                        "--iterations",
                        "2",
                        "--iteration",
                        "5ms"),
                    "bench",
                    "--only",
                    "product",
                    "--shape",
                    "1x1x1,33x7x1021",
                    "--form",
                    "AB",
                    "--threads",
                    "1",
                    "--out",
                    folder().toString()));
    while (killed.isAlive() && forks().size() < 3) {
      Thread.sleep(20);
    }
    killed.destroyForcibly().waitFor();
    List<JsonNode> before = forks();
    assertThat(before).hasSizeBetween(3, 11);
    assertThat(manifest().path("state").stringValue()).isEqualTo("running");

    ChildJvm.Run resumed = run("bench", "--resume", folder().toString());
    assertThat(resumed.status()).as(resumed.err()).isZero();
    assertThat(forks()).hasSizeBetween(9, 12).containsAll(before);
    assertThat(manifest().path("state").stringValue()).isEqualTo("complete");
    assertThat(resumed.out()).contains("33x7x1021");
  }

  /** Two forks of each arm are a block; the ceilings beside them are measured as often. */
  @Tag("thorough")
  @Test
  void twoArmsAreMeasuredInBlocks() throws IOException, InterruptedException {
    measuresInBlocks("--versus", "vector,scalar");
  }

  /**
   * The other build is this one again, in a folder of its own. A folder of results never chooses
   * what is run: not even a build that it was run beside.
   */
  @Tag("thorough")
  @Test
  void twoBuildsAreMeasuredInBlocksAndTheOtherHasToBeNamedAgain()
      throws IOException, InterruptedException {
    Path build = otherBuild();

    ChildJvm.Run run = measuresInBlocks("--versus-build", build.toString());

    assertThat(run.out()).doesNotContain("NO NUMBER");
    assertThat(Files.readString(folder().resolve("manifest.json")))
        .contains("\"build\" : \"this\"", "\"build\" : \"other\"")
        .doesNotContain(build.toString());
    ChildJvm.Run compared = run("compare", folder().toString());
    assertThat(compared.status()).as(compared.err()).isZero();
    assertThat(compared.out()).contains("product backend=vector shape=7x7x7 form=AB threads=1");

    ChildJvm.Run alone = run("bench", "--resume", folder().toString());
    assertThat(alone.status()).isEqualTo(2);
    assertThat(alone.err())
        .contains("manifest.json: arms is build, expected --versus-build DIR")
        .hasLineCount(1);
    ChildJvm.Run resumed =
        run("bench", "--resume", folder().toString(), "--versus-build", build.toString());
    assertThat(resumed.status()).as(resumed.err()).isZero();

    try (OutputStream more =
        Files.newOutputStream(
            build.resolve("lockstep-bench.jar"), java.nio.file.StandardOpenOption.APPEND)) {
      more.write(0);
    }
    ChildJvm.Run another =
        run("bench", "--resume", folder().toString(), "--versus-build", build.toString());
    assertThat(another.status()).isEqualTo(2);
    assertThat(another.err()).contains("--resume: other build is SHA-256 ", "but here it is");
  }

  /** What the budget left out is measured by the next call. */
  @Tag("thorough")
  @Test
  void aRunThatItsBudgetEndedGoesOn() throws IOException, InterruptedException {
    List<String> flags =
        with(SHORT, "--only", "product", "--shape", "7x7x7", "--form", "AB", "--threads", "1");
    ChildJvm.Run ended =
        run(
            with(flags, "bench", "--budget", "1ms", "--out", folder().toString())
                .toArray(String[]::new));
    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(ended.out()).contains("product backend=vector", "budget of", "--resume");
    assertThat(forks()).isEmpty();

    ChildJvm.Run other = run("bench", "--resume", folder().toString(), "--width", "7");
    assertThat(other.status()).isEqualTo(2);
    assertThat(other.err()).contains("--width: value is 7, which contradicts --resume");

    ChildJvm.Run resumed = run("bench", "--resume", folder().toString(), "--budget", "20m");
    assertThat(resumed.status()).as(resumed.err()).isZero();
    assertThat(forks()).hasSizeBetween(4, 6);
    assertThat(manifest().path("state").stringValue()).isEqualTo("complete");
  }

  /** A folder like bench/target, whose program is the one on this class path. */
  private Path otherBuild() throws IOException {
    Path build = Files.createDirectories(temp.resolve("build"));
    Files.createDirectories(build.resolve("lib"));
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest
        .getMainAttributes()
        .put(
            Attributes.Name.CLASS_PATH,
            Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toUri().toString())
                .collect(Collectors.joining(" ")));
    try (OutputStream file = Files.newOutputStream(build.resolve("lockstep-bench.jar"));
        JarOutputStream jar = new JarOutputStream(file, manifest)) {
      jar.finish();
    }
    return build;
  }

  private ChildJvm.Run measuresInBlocks(String flag, String arms)
      throws IOException, InterruptedException {
    ChildJvm.Run run =
        run(
            with(
                    List.of("--warm-ups", "0", "--iterations", "1", "--iteration", "1ms"),
                    "bench",
                    "--only",
                    "product",
                    "--shape",
                    "7x7x7",
                    "--form",
                    "AB",
                    "--threads",
                    "1",
                    flag,
                    arms,
                    "--forks",
                    "3..4",
                    "--out",
                    folder().toString())
                .toArray(String[]::new));
    assertThat(run.status()).as(run.err()).isZero();
    Map<String, List<Integer>> blocks = new LinkedHashMap<>();
    for (JsonNode fork : forks()) {
      blocks
          .computeIfAbsent(fork.path("case").stringValue(), _ -> new ArrayList<>())
          .add(fork.path("block").intValue());
    }
    assertThat(blocks).hasSize(3);
    blocks.forEach(
        (of, numbers) ->
            assertThat(numbers)
                .isEqualTo(of.startsWith("product") ? List.of(1, 1, 2, 2) : List.of(0, 0)));
    return run;
  }
}
