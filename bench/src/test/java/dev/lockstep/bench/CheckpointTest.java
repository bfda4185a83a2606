package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.file.NpyArray;
import dev.lockstep.file.NpzFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
    Path there = Files.writeString(run.resolve("mine.json"), "mine");
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

    faulty("train --seed 3", "--seed: value is 3, which contradicts --resume");
    faulty("train --checkpoint x", "--checkpoint: folder is x, which contradicts --resume");
    faulty("train --save-every 0", "--save-every: save-every is 0, expected a whole number");
    faulty("train --backend double", "precision is float32, but the backend computes in float64");

    planted(state, right, "moment2.b1", null, "state.npz: moment2.b1 is missing, expected [33]");
    planted(
        state,
        right,
        "step",
        new NpyArray.Doubles(new int[] {1}, new double[] {0.5}),
        "state.npz: step is 0.5, expected one whole number of float64");
    planted(
        state,
        right,
        "W9",
        new NpyArray.Floats(new int[] {1}, new float[1]),
        "state.npz: array is W9, expected a state of 64-33-7-10 tanh by adam");
    for (String array : List.of("W1", "moment1.b2")) {
      planted(state, right, array, last(state, array, Float.NaN), "state.npz: " + array + "[");
      planted(
          state, right, array, last(state, array, 0.25f), "state.npz: sha256 is not that of its");
    }
    planted(state, right, "sha256", null, "state.npz: sha256 is not that of its arrays");
    planted(state, right, "origin", null, "state.npz: origin is missing, expected a state that");

    Files.write(state, Arrays.copyOf(right, right.length / 2));
    faulty("train", "state.npz: content is not an intact zip archive");

    Files.write(state, right);
    Path backend = run.resolve("backend.json");
    Files.writeString(backend, "{\"schema\": 1, \"backend\": \"vector\"}");
    faulty("train", "backend.json: schema is 1, expected 2");
    Files.writeString(backend, "{\"schema\": 2, \"backend\": \"nosuch\"}");
    faulty("train", "backend.json: backend is nosuch");
    Files.writeString(backend, "{\"schema\": 2, \"backend\": \"cuda\"}");
    faulty("train", "; --backend chooses another one");
    Files.writeString(backend, "{");
    faulty("train", "backend.json: content is ");
  }

  /** A state with one array replaced, or removed if there is no other. */
  private void planted(
      Path state, byte[] right, String name, @Nullable NpyArray other, String sentence)
      throws IOException {
    Map<String, NpyArray> arrays = new LinkedHashMap<>(NpzFile.read(Files.write(state, right)));
    if (other == null) {
      arrays.remove(name);
    } else {
      arrays.put(name, other);
    }
    NpzFile.write(state, arrays);
    faulty("train", sentence);
    Files.write(state, right);
  }

  /** An array with another last element. */
  private static NpyArray last(Path state, String name, float value) {
    if (NpzFile.read(state, name) instanceof NpyArray.Floats(int[] shape, float[] values)) {
      values[values.length - 1] = value;
      return new NpyArray.Floats(shape, values);
    }
    throw new AssertionError("no " + name);
  }

  /** A state goes on with what it was trained with, and with nothing else. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"seed\" : 1 | \"seed\" : 2 | seed is 2, but the saved state was trained with",
        "\"learning-rate\" : \"0.01\" | \"learning-rate\" : \"5\" | learning-rate is \"5.0\", but",
        "\"tanh\" | \"relu\" | activation is \"relu\", but the saved state was trained with"
            + " \"tanh\"",
        "\"digits\" | \"teacher:64x10\" | data is \"teacher:64x10\", but",
        "\"batch\" : 33 | \"batch\" : 7 | batch is 7, but",
        "[ 33, 7 ] | [ 7, 33 ] | hidden is [7,33], but",
        "\"cross-entropy\" | \"mse\" | loss is ",
        "\"sgd\" | \"momentum:0.9\" | optimizer is "
      })
  void anotherScenarioIsRefused(String from, String to, String sentence) throws IOException {
    assertThat(run(NETWORK + " --steps 3 --checkpoint", run)).isZero();
    Path scenario = run.resolve("scenario.json");
    String text = Files.readString(scenario);
    assertThat(text).contains(from);
    Files.writeString(scenario, text.replace(from, to));
    faulty("train", "scenario.json: " + sentence);
  }

  @Test
  void otherDataOrArithmeticIsRefused() throws IOException {
    Path csv =
        Files.writeString(folder.resolve("rows.csv"), "a,label\n" + "1,0\n2,1\n3,0\n".repeat(20));
    assertThat(run("train --hidden 3 --batch 3 --steps 3 --data csv:" + csv + " --checkpoint", run))
        .isZero();
    String rows = Files.readString(csv);
    Files.writeString(csv, rows.replaceFirst("3,0", "5,0"));
    faulty("train", "state.npz: data-sha256 is ");
    Files.writeString(csv, rows);

    Path state = run.resolve("state.npz");
    byte[] right = Files.readAllBytes(state);
    if (!(NpzFile.read(state, "origin") instanceof NpyArray.Bytes(int[] _, byte[] text))) {
      throw new AssertionError("no origin");
    }
    byte[] older =
        new String(text, StandardCharsets.UTF_8)
            .replaceFirst("\"arithmetic\":\\d+", "\"arithmetic\":0")
            .getBytes(StandardCharsets.UTF_8);
    planted(
        state,
        right,
        "origin",
        new NpyArray.Bytes(new int[] {older.length}, older),
        "state.npz: arithmetic is version 0, but this Lockstep computes by version");
  }

  /** Two trainings at a time would mix their states. */
  @Test
  void oneTrainingAtATime() throws Exception {
    Process first =
        new ChildJvm(folder)
            .start(
                Lockstep.class,
                List.of((NETWORK + " --steps 100000 --checkpoint " + run).split(" +")));
    while (first.isAlive() && !Files.exists(run.resolve("scenario.json"))) {
      Thread.sleep(5);
    }
    assertThat(run(NETWORK + " --steps 1 --checkpoint", run)).isEqualTo(2);
    assertThat(console.complained())
        .contains("--checkpoint: folder is", "process " + first.pid() + ", since ")
        .hasLineCount(1);
    faulty("train", "process " + first.pid() + ", since ");
    first.destroyForcibly().waitFor();
    assertThat(run("train --print-scenario --resume", run)).isZero();
    assertThat(run.resolve(".lock")).doesNotExist();
  }

  /** Whatever a kill left of the first files: either command makes a training of it. */
  @Test
  void aBeginningThatWasKilledCanBeBegunAgain() throws IOException {
    assertThat(run(NETWORK + " --steps 1 --checkpoint", run)).isZero();
    Path scenario = run.resolve("scenario.json");
    Files.delete(scenario);
    Files.writeString(run.resolve(".lockstep-0-0.tmp"), "half");
    Files.writeString(run.resolve(".lock"), "process 1 since never");
    faulty("train", "expected one with a scenario.json");
    assertThat(run(NETWORK + " --steps 1 --checkpoint", run)).isZero();
    assertThat(run.resolve(".lockstep-0-0.tmp")).doesNotExist();
    assertThat(run("train --resume", run)).isZero();
  }

  private void faulty(String line, String sentence) {
    console.clear();
    assertThat(run(line + " --resume", run)).isEqualTo(2);
    assertThat(console.complained()).contains(sentence).hasLineCount(1);
  }
}
