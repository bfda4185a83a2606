package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.file.NpyArray;
import dev.lockstep.file.NpzFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Trainings that are ended and go on, as a user does it. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class CheckpointTest {

  private static final String NETWORK = "train --hidden 33,7 --learning-rate 0.01";

  @TempDir Path folder;
  @RegisterExtension final Console console = new Console();
  private Path run;
  private Path whole;
  private Path resumed;

  @BeforeEach
  void nameFiles() {
    run = folder.resolve("run");
    whole = folder.resolve("whole.npz");
    resumed = folder.resolve("resumed.npz");
  }

  private static int run(String line, Object... more) {
    return Lockstep.run(
        Stream.concat(Stream.of(line.split(" +")), Arrays.stream(more).map(Object::toString))
            .toArray(String[]::new));
  }

  private List<String> linesOfEpochs() {
    return console.printed().lines().filter(line -> line.matches(" +\\d+ +\\d+ .*")).toList();
  }

  /** 77 of 120 steps, in the middle of an epoch of 40: the rest is as if nothing had happened. */
  @ParameterizedTest
  @CsvSource({
    "vector, sgd, constant",
    "vector, momentum:0.9, step:50:0.5",
    "scalar, nesterov:0.9, cosine:120",
    "vector, adam, constant",
    "double, adam, cosine:120"
  })
  void whatGoesOnEndsAsIfItHadNeverEnded(String backend, String optimizer, String schedule)
      throws IOException {
    String training =
        NETWORK
            + String.format(
                Locale.ROOT,
                " --weight-decay 0.001 --noise 0.1 --backend %s --optimizer %s --schedule %s",
                backend,
                optimizer,
                schedule);
    assertThat(run(training + " --steps 120 --save", whole)).isZero();
    List<String> expected = linesOfEpochs();
    console.clear();
    assertThat(run(training + " --steps 77 --checkpoint", run)).isZero();
    Path scenario = run.resolve("scenario.json");
    Files.writeString(
        scenario, Files.readString(scenario).replaceFirst("\"steps\" : 77", "\"steps\" : 120"));
    console.clear();

    assertThat(run("train --resume", run, "--save", resumed)).isZero();

    assertThat(resumed).hasSameBinaryContentAs(whole);
    assertThat(console.printed()).contains("resumed at step 77\n");
    assertThat(linesOfEpochs()).isEqualTo(expected.subList(1, 3));
  }

  /** In a process of its own, so that it can be killed. */
  @Test
  void aKillLosesNoMoreThanAnInterval() throws Exception {
    String training = NETWORK + " --optimizer adam --steps 4000";
    Process process =
        new ChildJvm(folder)
            .start(
                Lockstep.class,
                List.of((training + " --save-every 10 --checkpoint " + run).split(" +")));
    Path state = run.resolve("state.npz");
    while (process.isAlive() && !(Files.exists(state) && step(state) >= 30)) {
      Thread.sleep(5);
    }
    assertThat(process.isAlive()).as("killed before it ended").isTrue();
    process.destroyForcibly().waitFor();
    long at = step(state);
    assertThat(at).isBetween(30L, 3990L);
    assertThat(at % 10).isZero();

    assertThat(run("train --resume", run, "--save", resumed)).isZero();
    assertThat(run(training + " --save", whole)).isZero();
    assertThat(resumed).hasSameBinaryContentAs(whole);
  }

  private static long step(Path state) {
    return switch (NpzFile.read(state).get("step")) {
      case NpyArray.Doubles(int[] _, double[] values) -> (long) values[0];
      case null, default -> throw new AssertionError("no step in " + state);
    };
  }

  @Test
  void whatIsFinishedIsLeftAlone() throws IOException {
    assertThat(run(NETWORK + " --steps 40 --save", whole, "--checkpoint", run)).isZero();
    byte[] state = Files.readAllBytes(run.resolve("state.npz"));
    assertThat(run("train --resume", run, "--save", resumed)).isZero();
    assertThat(resumed).hasSameBinaryContentAs(whole);
    assertThat(run.resolve("state.npz")).hasBinaryContent(state);
  }

  @Test
  void aFolderThatIsNotEmptyIsRefused() throws IOException {
    Files.createDirectories(run);
    Path there = Files.writeString(run.resolve("scenario.json"), "mine");
    assertThat(run(NETWORK + " --steps 1 --checkpoint", run)).isEqualTo(2);
    assertThat(console.complained())
        .contains("--checkpoint: folder is")
        .contains("--resume continues a training");
    assertThat(there).hasContent("mine");
  }

  @Test
  void faultsAreNamed() throws IOException {
    assertThat(run("train --resume", run)).isEqualTo(2);
    assertThat(console.complained())
        .contains("--resume: folder is")
        .contains("which does not exist");
    assertThat(run(NETWORK + " --steps 1 --optimizer adam --checkpoint", run)).isZero();
    Path state = run.resolve("state.npz");
    byte[] right = Files.readAllBytes(state);
    Map<String, NpyArray> arrays = new LinkedHashMap<>(NpzFile.read(state));

    faulty("train --seed 3", "--seed: value is 3, which contradicts --resume");
    faulty("train --checkpoint x", "--checkpoint: folder is x, which contradicts --resume");
    faulty("train --save-every 0", "--save-every: save-every is 0, expected a whole number");
    faulty("train --backend double", "precision is float32, but the backend computes in float64");

    arrays.remove("moment2.b1");
    NpzFile.write(state, arrays);
    faulty("train", "state.npz: moment2.b1 is missing, expected [33]");

    arrays = new LinkedHashMap<>(NpzFile.read(Files.write(state, right)));
    arrays.put("step", new NpyArray.Doubles(new int[] {1}, new double[] {0.5}));
    NpzFile.write(state, arrays);
    faulty("train", "state.npz: step is 0.5, expected one whole number of float64");

    arrays.put("step", new NpyArray.Doubles(new int[] {1}, new double[] {1}));
    arrays.put("W9", new NpyArray.Floats(new int[] {1}, new float[1]));
    NpzFile.write(state, arrays);
    faulty("train", "state.npz: array is W9, expected a state of 64-33-7-10 tanh by adam");

    Files.write(state, Arrays.copyOf(right, right.length / 2));
    faulty("train", "state.npz: content is not an intact zip archive");

    Files.write(state, right);
    Path backend = run.resolve("backend.json");
    Files.writeString(backend, "{\"schema\": 2, \"backend\": \"vector\"}");
    faulty("train", "backend.json: schema is 2, expected 1");
    Files.writeString(backend, "{");
    faulty("train", "backend.json: content is not JSON");
  }

  private void faulty(String line, String sentence) {
    console.clear();
    assertThat(run(line + " --resume", run)).isEqualTo(2);
    assertThat(console.complained()).contains(sentence).hasLineCount(1);
  }
}
