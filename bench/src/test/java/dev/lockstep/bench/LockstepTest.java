package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.BackendFault;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.file.NpyArray;
import dev.lockstep.file.NpzFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command line from flags to exit code, in this JVM. */
class LockstepTest {

  private static final String ONE_CELL =
      "check --width 7 --batch 33 --depth 1 --activation tanh --init equal --optimizer sgd"
          + " --loss cross-entropy --noise 0 --steps 50";

  @TempDir Path folder;
  @RegisterExtension final Console console = new Console();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "check --width 0                  | --width: width is 0, expected a whole number from 1 to"
            + " 16777216",
        "study                            | Missing required subcommand; see lockstep study --help",
        "study textbook --width 1         | --width: width is 1, expected a whole number from 2 to"
            + " 16777216",
        "study textbook --steps 0         | --steps: steps is 0, expected a whole number of at"
            + " least 1",
        "study textbook --data nowhere    | --data: data is nowhere, expected digits,",
        "study textbook --json /nowhere/x | /nowhere",
        "help nothing                     | help: topic is nothing, expected one of check, train,",
        "help study novel                 | help: topic is novel, expected one of textbook",
        "help train scenario              | help: topic is scenario, but lockstep train has no",
        "check --width 7,                 | --width: width is '', expected a whole number",
        "check --wide 7,,                 | --wide: wide is '', expected a whole number",
        "check --batch ,7                 | --batch: batch is '', expected a whole number",
        "check --depth 1,                 | --depth: depth is '', expected a whole number",
        "check --depth 1001               | --depth: depth is 1001, expected a whole number from 1",
        "check --activation tanh,         | --activation: activation is '', expected one of",
        "check --init equal,              | --init: initialization is '', expected one of zero",
        "check --init equal,,zero         | --init: initialization is '', expected one of zero",
        "check --backends vector,         | --backends: backends is '', expected a name",
        "train --hidden 7,                | --hidden: hidden is '', expected a whole number",
        "train --hidden 7 --learning-rate 0.1, | --learning-rate: learning-rate is 0.1,,",
        "check --width seven              | --width: width is seven, expected a whole number",
        "check --batch 1348 --width 7     | --batch: batch is 1348, expected 1 to 1347",
        "check --steps 0                  | --steps: steps is 0, expected a whole number of at"
            + " least 1",
        "check --threads 0                | --threads: threads is 0, expected a whole number from 1"
            + " to 1024",
        "check --activation tan           | --activation: activation is tan, expected one of"
            + " identity",
        "check --init equals              | --init: initialization is equals, expected one of zero",
        "check --init constant:NaN        | --init: initialization is constant:NaN, expected one of"
            + " zero",
        "train --hidden 7,0               | --hidden: hidden is 0, expected a whole number from 1",
        "train --batch 1348               | --batch: batch is 1348, expected 1 to 1347",
        "train --init groups:3            | --init: initialization is groups:3, expected sizes",
        "study textbook --batch 1348 --data digits --backends scalar | --batch: batch is 1348,",
        "map --width 30000 --out nothing --backends scalar | --width: network is 64-30000-30000",
        "map --width 1..999+1 --out nothing | map: number of networks is ",
        "bench --list --width 16777216    | --width: layer 1 is 784 x 16777216, one layer may have",
        "train --hidden 16777216,1,16777216,1,16777216,1,16777216 --batch 2147483647 | --hidden:"
            + " network is 64-16777216-1-16777216",
        "check --list --batch 1348 --width 7 | --batch: batch is 1348, expected 1 to 1347",
        "check --list --width 60000 --depth 2 | --width: layer 2 is 60000 x 60000, one layer may",
        "bench --versus scalar,a          | --versus: backend is a, expected one of",
        "bench --versus scalar            | --versus: backends is [scalar], expected two that can"
            + " be measured here",
        "check --width 1,2,3,4,5,6,7,8,9,10 --batch 1,2,3,4,5,6,7,8,9,10 --depth"
            + " 1,2,3,4,5,6,7,8,9,10 --noise 0,1,2,3,4,5,6,7,8,9 --init equal --loss cross-entropy"
            + " --activation tanh,relu --optimizer sgd | check: number of combinations is 20000,",
        "check --backends Vector          | --backends: backend is Vector, expected one of",
        "check --data mnist               | --data: data is mnist, expected digits",
        "check --data idx:/nowhere        | /nowhere",
        "check --frobnicate               | unknown option '--frobnicate'; see lockstep check"
            + " --help",
        "check --widht 7                  | unknown option '--widht'; did you mean --width? See"
            + " lockstep check --help",
        "check --bacth=7                  | unknown option '--bacth=7'; did you mean --batch? See",
        "bench --budegt 1m                | unknown option '--budegt'; did you mean --budget? See",
        "frobnicate                       | unknown command 'frobnicate'; see lockstep --help",
        "chekc                            | unknown command 'chekc'; did you mean check? See"
            + " lockstep --help",
        "comp                             | unknown command 'comp'; did you mean compare or"
            + " completion? See",
        "study txtbook                    | unknown command 'txtbook'; did you mean textbook? See"
            + " lockstep study --help",
        "check equal                      | unexpected argument 'equal'; see lockstep check --help",
        "help chek                        | did you mean check?",
        "check --width 16384 --depth 3    | --width: network is 64-16384",
        "train --hidden 20000,20000,20000 | --hidden: network is 64-20000-20000-20000-10 tanh,"
            + " expected one that fits the memory: it needs",
        "train --hidden 0                 | --hidden: hidden is 0, expected a whole number from 1",
        "train --hidden 2000000000        | --hidden: hidden is 2000000000, expected a whole"
            + " number",
        "train --hidden 60000,60000       | --hidden: layer 2 is 60000 x 60000, one layer may have"
            + " at",
        "train --learning-rate -1         | --learning-rate: learning-rate is -1, expected a"
            + " finite",
        "train --learning-rate 1,2,3      | learning-rate is 1.0,2.0,3.0, expected 1 or 2 rates",
        "train --backend cuda             | --backend: backend is cuda, which cannot run here",
        "train --save a --trajectory a    | --trajectory: file is a, which contradicts --save",
        "check --json a --junit a         | --junit: file is a, which contradicts --json",
        "check --list --json a            | --json: file is a, which contradicts --list",
        "check --list --junit a           | --junit: file is a, which contradicts --list",
        "train --print-scenario --save a  | --save: file is a, which contradicts --print-scenario",
        "check --junit /dev/full --width 7 --batch 33 --depth 1 --steps 30 --init equal |"
            + " /dev/full: cannot be written, ",
        "train --data teacher:800000x2    | teacher: number of inputs x classes is 800000 x 2,"
            + " expected one that fits the memory: it needs 7.8 GiB",
        "train --scenario /nowhere.json   | /nowhere.json: cannot be read, no such file or folder",
        "train --init npz:/nowhere.npz    | /nowhere.npz: cannot be read, no such file or folder",
        "check --emulate-cuda             | --emulate-cuda: driver is missing, start"
            + " `bench/lockstep check --emulate-cuda`",
        "train --save /no/x.npz --steps 1 | /no/x.npz: cannot be written",
      })
  void badInputIsOneSentenceAndExitCodeTwo(String arguments, String sentence) {
    int code = run(arguments);

    assertThat(console.complained()).startsWith("lockstep: ").contains(sentence).hasLineCount(1);
    assertThat(code).isEqualTo(2);
    assertThat(Path.of("nothing")).doesNotExist();
  }

  /** Before anything is printed, and so before anything is run. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        ONE_CELL + " --json ",
        ONE_CELL + " --junit ",
        "train --hidden 7 --steps 1 --save ",
        "train --hidden 7 --steps 1 --trajectory "
      })
  void anOutputThatCannotBeWrittenIsFoundBeforeTheRun(String line) throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    for (Path place : List.of(folder.resolve("none/x"), folder, file.resolve("x"))) {
      console.clear();
      assertThat(Lockstep.run((line + place).split(" "))).isEqualTo(2);
      assertThat(console.complained())
          .hasLineCount(1)
          .startsWith("lockstep: " + place + ": cannot be written, ");
      assertThat(console.printed()).isEmpty();
    }
    assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
  }

  @Test
  void aLossThatIsNotFiniteEndsTheRunWithItsStep() {
    int code =
        run(
            "train --activation relu --learning-rate 1e30 --steps 50",
            "--save",
            folder.resolve("net.npz").toString());

    assertThat(code).isEqualTo(2);
    assertThat(console.complained())
        .containsPattern(
            "learning-rate is 1.0E30, with which the loss was not finite at step \\d+");
    assertThat(folder.resolve("net.npz")).doesNotExist();
  }

  /** What shows only beside the data names the file of the scenario, too. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "[128]|[2147483647]|hidden is 2147483647, expected at most 16777216 units",
        "[128]|[16777216]|network is 64-16777216-10 tanh, expected one that fits the" + " memory",
        "[128]|[60000, 60000]|layer 2 is 60000 x 60000, one layer may have at most",
        "33|2000|batch is 2000, expected 1 to 1347, the training rows of digits",
        "0.1|0.1,0.2,0.3|learning-rate is 0.1,0.2,0.3, expected 1 or 2 rates",
      })
  void aScenarioThatDoesNotSuitItsDataIsNamedByItsFile(String from, String to, String sentence)
      throws IOException {
    Path file = folder.resolve("s.json");
    String good =
        "{'schema': 1, 'data': 'digits', 'hidden': [128], 'activation': 'tanh', 'initialization':"
            + " 'glorot-uniform', 'learning-rate': '0.1', 'batch': 33, 'steps': 3, 'seed': 1}";
    Files.writeString(file, good.replace('\'', '"').replace(from, to));

    assertThat(run("train", "--scenario", file.toString())).isEqualTo(2);
    assertThat(console.complained()).startsWith("lockstep: " + file + ": ").contains(sentence);
  }

  @Test
  void everyEpochHasItsLossAccuracyAndSymmetry() throws IOException {
    Path trajectory = folder.resolve("t.json");
    // 1347 rows in batches of 33 are 40 steps an epoch.
    int code =
        run("train --hidden 7,33 --init equal --steps 82 --trajectory", trajectory.toString());

    assertThat(code).isZero();
    String layers = "  1 of 7, 0\\.00  1 of 33, 0\\.00";
    assertThat(console.printed())
        .containsOnlyOnce("start equal and stay equal")
        .containsOnlyOnce("--noise");
    assertThat(console.printed().lines().dropWhile(line -> !line.startsWith("  epoch")).skip(1))
        .hasSize(3)
        .allMatch(line -> line.matches(" +\\d +\\d+ +\\d\\.\\d{4} +\\d+\\.\\d%" + layers));
    JsonNode json = JsonMapper.shared().readTree(Files.readString(trajectory));
    assertThat(json.get("schema").intValue()).isEqualTo(1);
    assertThat(json.get("moments"))
        .extracting(moment -> moment.get("step").intValue())
        .containsExactly(0, 40, 80, 82);
    for (JsonNode moment : json.get("moments")) {
      assertThat(moment.get("digests")).hasSize(6);
      assertThat(moment.get("layers"))
          .extracting(layer -> layer.get("classes").intValue())
          .containsExactly(1, 1);
    }
  }

  /** 1e300 is finite in the file and infinite in binary32. */
  @Test
  void aWeightBeyondBinary32IsNamed() {
    Path file = folder.resolve("wide.npz");
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    arrays.put("W1", new NpyArray.Doubles(new int[] {64, 10}, new double[640]));
    double[] bias = new double[10];
    bias[3] = 1e300;
    arrays.put("b1", new NpyArray.Doubles(new int[] {10}, bias));
    arrays.put("W2", new NpyArray.Doubles(new int[] {10, 10}, new double[100]));
    arrays.put("b2", new NpyArray.Doubles(new int[] {10}, new double[10]));
    NpzFile.write(file, arrays);

    assertThat(run("train --hidden 10 --steps 0 --init", "npz:" + file)).isEqualTo(2);
    assertThat(console.complained())
        .contains("b1[0][3] is 1.0E300, expected weights that are finite in binary32");
  }

  @Test
  void doctorSaysWhatIsThereAndWhatFollows() {
    assertThat(run("doctor")).isZero();
    assertThat(console.printed())
        .contains("JDK ", "vectors ", "cores ", "caches ", "memory ", "CUDA driver ", "cuBLAS ")
        .containsPattern("scalar +exact +can run")
        .containsPattern("cuda +exact +(can run|UNAVAILABLE  .*\\s.*: .*)");
  }

  /**
   * The rows fit this heap by their number, but their array is larger than the collector's old
   * generation, two thirds of it.
   */
  @Test
  void memoryThatDoesNotSufficeIsOneSentence() throws Exception {
    ChildJvm.Run run =
        new ChildJvm(folder)
            .with("-Xmx64m")
            .lockstep("train", "--backend", "scalar", "--data", "teacher:5600x2");
    assertThat(run.err())
        .startsWith(
            "lockstep: teacher:5600x2: size of the data is too large, expected one that fits")
        .contains("(option -Xmx)")
        .hasLineCount(1);
    assertThat(run.status()).isEqualTo(2);
  }

  @Test
  void parametersGoOutAndIn() throws IOException {
    String file = folder.resolve("net.npz").toString();
    String same = "train --hidden 7 --batch 33 --seed 3";
    assertThat(run(same, "--steps", "10", "--save", file)).isZero();
    assertThat(run(same, "--steps", "0", "--init", "npz:" + file, "--save", file + "2")).isZero();
    assertThat(Files.readAllBytes(Path.of(file + "2")))
        .isEqualTo(Files.readAllBytes(Path.of(file)));
    assertThat(run("train --hidden 8", "--init", "npz:" + file)).isEqualTo(2);
    assertThat(console.complained()).contains("W1's shape is [64, 7], expected [64, 8]");
  }

  /** Runs a line of arguments without spaces in them, then arguments that may have some. */
  private static int run(String line, String... more) {
    return Lockstep.run(
        Stream.concat(Stream.of(line.strip().split(" +")), Stream.of(more)).toArray(String[]::new));
  }

  @Test
  void aScenarioFileIsWhatTheFlagsSaid() throws IOException {
    assertThat(
            run(
                "train --hidden 7,33 --init perturbed:0.001 --learning-rate quotient:0.1"
                    + " --print-scenario"))
        .isZero();
    Path file = Files.writeString(folder.resolve("s.json"), console.printed());
    console.clear();
    assertThat(run("train --print-scenario", "--scenario", file.toString())).isZero();
    assertThat(console.printed()).isEqualTo(Files.readString(file));
    assertThat(run("train --seed 1", "--scenario", file.toString())).isEqualTo(2);
    assertThat(console.complained()).contains("--seed: value is 1, which contradicts --scenario");
  }

  @Test
  void oneCellIsCheckedAndReported() throws IOException {
    Path json = folder.resolve("v.json");
    Path junit = folder.resolve("v.xml");
    int code = run(ONE_CELL, "--json", json.toString(), "--junit", junit.toString());

    assertThat(console.printed())
        .contains("\n\nVerdict: AGREES. 2 exact backends agree bit for bit (1 scenario, 50 steps).")
        .contains("\n  cuda, cublas, cublas-pedantic, cublas-tf32, cublas-bf16  UNAVAILABLE  no\n");
    assertThat(code).isZero();
    assertThat(Files.readString(json)).contains("\"verdict\" : \"AGREES\"");
    assertThat(Files.readString(junit))
        .contains("tests=\"36\" failures=\"0\" errors=\"0\" skipped=\"21\"")
        .contains("<skipped type=\"UNAVAILABLE\" message=\"UNAVAILABLE");
  }

  @Test
  void aBackendAskedForByNameThatCannotRunIsAFault() throws IOException {
    Path json = folder.resolve("v.json");
    int code = run(ONE_CELL, "--backends", "scalar,cuda", "--json", json.toString());

    assertThat(code).isEqualTo(1);
    assertThat(console.printed())
        .contains("\n\nVerdict: INCOMPLETE", "cuda was asked for: UNAVAILABLE");
    assertThat(Files.readString(json)).contains("\"verdict\" : \"UNAVAILABLE\"");
  }

  @Test
  void whatABackendThrowsIsOneSentence() throws Exception {
    assertThat(Lockstep.fault(new BackendFault("launch of gemm for W2 failed") {})).isEqualTo(1);
    assertThat(
            Lockstep.fault(
                new UnavailableException(
                    Availability.Cause.OUT_OF_MEMORY, "9 MiB needed, 7 free", "use less")))
        .isEqualTo(2);
    assertThat(console.complained())
        .isEqualTo(
            "lockstep: launch of gemm for W2 failed\nlockstep: 9 MiB needed, 7 free: use less\n");
  }

  @Test
  void doctorNamesEveryBackendWithReasonAndRemedy() {
    assertThat(run("doctor")).isZero();
    assertThat(console.printed()).doesNotContain("lockstep doctor");
    for (String name : List.of("cuda", "cublas", "cublas-pedantic", "cublas-tf32", "cublas-bf16")) {
      assertThat(console.printed())
          .containsPattern(
              String.format(
                  Locale.ROOT, "(?m)^  %-15s  (exact|library) +UNAVAILABLE  no .+\\s.+: .+", name));
    }
  }

  @Test
  void listRunsNothing() {
    assertThat(run("check --list --width 7,33 --batch 1")).isZero();
    assertThat(console.printed().lines())
        .isNotEmpty()
        .allMatch(line -> line.matches("w(7|33)-b1-d\\d-.*"));
  }
}
