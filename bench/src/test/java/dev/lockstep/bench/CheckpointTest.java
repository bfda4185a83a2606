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
  void aFolderThatIsNotThereIsNamed() {
    assertThat(run("train --resume", run)).isEqualTo(2);
    assertThat(console.complained())
        .contains("--resume: folder is")
        .contains("which does not exist");
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
    if (!(NpzFile.read(state, "origin") instanceof NpyArray.Bytes(int[] _, byte[] text))) {
      throw new AssertionError("no origin");
    }
    byte[] older =
        new String(text, StandardCharsets.UTF_8)
            .replaceFirst("\"arithmetic\":\\d+", "\"arithmetic\":0")
            .getBytes(StandardCharsets.UTF_8);
    Map<String, NpyArray> arrays = new LinkedHashMap<>(NpzFile.read(state));
    arrays.put("origin", new NpyArray.Bytes(new int[] {older.length}, older));
    NpzFile.write(state, arrays);
    faulty("train", "state.npz: arithmetic is version 0, but this Lockstep computes by version");
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
