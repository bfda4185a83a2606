package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.bench.ChildJvm.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command line on the emulated CUDA device, in JVMs that find it as they would a real one. */
final class EmulatedCheckTest {

  private static final String CELL =
      "check --width 33 --batch 33 --depth 1 --activation tanh --init equal --optimizer sgd"
          + " --loss cross-entropy --noise 0 --steps 50";

  @TempDir Path folder;
  private EmulatedMachine machine = new EmulatedMachine(Path.of(""));

  @BeforeEach
  void requireDevice() {
    assumeTrue(EmulatedMachine.whyNone().isEmpty(), EmulatedMachine.whyNone());
    machine = new EmulatedMachine(folder);
  }

  private Run run(String line, String... more) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of(line.split(" ")));
    arguments.addAll(List.of(more));
    return machine.run(Lockstep.class, arguments);
  }

  @Test
  void everyReportSaysThatItIsEmulated() throws Exception {
    Path json = folder.resolve("v.json");
    Path junit = folder.resolve("v.xml");
    Run run = run(CELL + " --emulate-cuda", "--json", json.toString(), "--junit", junit.toString());

    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.out().replaceAll("\\s+", " "))
        .endsWith(
            " Verdict: AGREES. 3 exact backends agree bit for bit, 4 libraries within their bounds"
                + " (1 scenario, 50 steps). CUDA EMULATED on the CPU: nothing was tested on a"
                + " GPU. ");
    assertThat(run.out())
        .containsPattern("(?m)^  cuda +exact, EMULATED +HELD 50 steps .* AGREES \\(bits\\)")
        .containsPattern(
            "(?m)^  cublas +library, EMULATED +LOCKSTEP BROKEN .*AGREES \\(bits, own order\\)")
        .contains("units 32 to 32 of 33 (2 classes), by the forward product and activation");
    Schemas.requireExactly("check", JsonMapper.shared().readTree(Files.readString(json)));
    assertThat(Files.readString(json))
        .contains("\"cuda\" : \"EMULATED\"", "\"hardware\" : \"EMULATED\"")
        .contains("EMULATED");
    assertThat(Files.readString(junit))
        .contains("<testsuite name=\"lockstep check, CUDA EMULATED\"")
        .contains("tests=\"36\" failures=\"0\" errors=\"0\" skipped=\"0\"")
        .contains("classname=\"lockstep.cuda-EMULATED\"");
  }

  @Tag("thorough")
  @Test
  void aKnownFindingPassesAndANewOneFails() throws Exception {
    String known = folder.resolve("known.json").toString();
    String check = CELL + " --emulate-cuda --baseline " + known;
    assertThat(run(CELL + " --backends scalar,cublas,cublas-tf32 --baseline " + known).status())
        .isEqualTo(2);
    assertThat(run(CELL + " --backends scalar,cublas --update-baseline --baseline " + known))
        .satisfies(run -> assertThat(run.status()).as(run.err()).isZero())
        .satisfies(
            run ->
                assertThat(run.out())
                    .contains("added: cublas, w33-b33-d1-tanh-equal [lockstep-broken]"));
    Run run = run(check);
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out())
        .contains("baseline " + known + ": 1 known, 2 new")
        .contains("new: cublas-tf32, w33-b33-d1-tanh-equal: LOCKSTEP BROKEN")
        .contains("NOT IN THE BASELINE: 2 findings.");
    assertThat(run(check + " --update-baseline").status()).isZero();
    assertThat(run(check).out()).contains("3 known, 0 new", "The baseline lists all");
  }

  /** The flag is not what makes it emulated. */
  @Tag("thorough")
  @Test
  void itIsEmulatedHoweverItWasFound() throws Exception {
    assertThat(run(CELL, "--backends", "scalar,cuda").out())
        .contains("CUDA EMULATED on the CPU: nothing was tested on a GPU.");
    assertThat(run("doctor").out())
        .contains("CUDA driver  EMULATED on the CPU, for CUDA 12.6")
        .containsPattern("(?m)^  cuda +exact +can run: EMULATED on the CPU, device 0, ");
    assertThat(run("train --hidden 7 --steps 1 --backend cublas").out())
        .contains(" on cublas (EMULATED on the CPU, device 0, ");
  }

  @Tag("thorough")
  @Test
  void nothingOfItGetsIntoTheResults() throws Exception {
    Path file = Path.of("../results/v.json");
    for (String line :
        List.of(CELL + " --json ", CELL + " --junit ", "train --backend cuda --save ")) {
      Run run = run(line + file);
      assertThat(run.err()).hasLineCount(1).contains("below results/").contains("EMULATED");
      assertThat(run.status()).isEqualTo(2);
    }
    assertThat(file).doesNotExist();
  }

  @Tag("thorough")
  @Test
  void aDeviceThatFailsIsAFaultWithOperationAndTensor() throws Exception {
    machine.set("EMULATED_CUDA_LOSE_DEVICE", "200");
    Run check = run(CELL, "--backends", "scalar,vector,cuda");
    assertThat(check.status()).isEqualTo(1);
    assertThat(check.out()).contains("cuda", " failed: CUDA_ERROR_", "AGREES (bits)");
    Run train = run("train --hidden 7 --steps 100 --backend cuda");
    assertThat(train.status()).isEqualTo(1);
    assertThat(train.err())
        .hasLineCount(1)
        .startsWith("lockstep: ")
        .contains(" failed: CUDA_ERROR_");
  }

  @Tag("thorough")
  @Test
  void nothingOfALostDeviceAgreesAfterwards() throws Exception {
    Path json = folder.resolve("v.json");
    machine.set("EMULATED_CUDA_LOSE_DEVICE", "300");
    Run check = run(CELL.replace("--width 33", "--width 33,7"), "--json", json.toString());
    assertThat(check.status()).isEqualTo(1);
    assertThat(check.out()).contains("FAILED", "the device was lost by cuda ");
    JsonNode cells = JsonMapper.shared().readTree(json.toFile()).get("cells");
    assertThat(cells).isNotEmpty();
    for (JsonNode cell : cells) {
      for (JsonNode outcome : cell.get("outcomes")) {
        assertThat(outcome.get("backend").asString()).isIn("scalar", "vector", "double");
      }
      assertThat(cell.get("interruptions")).isNotEmpty();
    }
  }

  @Tag("thorough")
  @Test
  void aDeviceThatComputesWronglyIsNamedSo() throws Exception {
    Path json = folder.resolve("v.json");
    Run check = run(CELL, "--backends", "scalar,cublas", "--json", json.toString());
    assertThat(Files.readString(json)).doesNotContain("EMULATED_CUDA_WRONG_BIT");
    assertThat(check.status()).isZero();
    machine.set("EMULATED_CUDA_WRONG_BIT", "64");
    check = run(CELL, "--backends", "scalar,cublas", "--json", json.toString());
    assertThat(check.status()).isEqualTo(1);
    assertThat(check.out())
        .contains("the device or cuBLAS computes wrongly")
        .contains("EMULATED_CUDA_WRONG_BIT=64.")
        .doesNotContain("NaN", "unset");
    assertThat(Files.readString(json)).contains("\"EMULATED_CUDA_WRONG_BIT\" : \"64\"");
  }

  @Test
  void anEmulatedDriverWithoutADeviceIsNamedSo() throws Exception {
    machine.set("EMULATED_CUDA_DEVICES", "0");
    Run check = run(CELL + " --emulate-cuda");
    assertThat(check.status()).isEqualTo(2);
    assertThat(check.err())
        .hasLineCount(1)
        .contains("--emulate-cuda: driver is emulated, and does not work: the emulated driver (")
        .contains("offers no device; likely cause: EMULATED_CUDA_DEVICES is 0: unset");
  }

  @Test
  void variablesThatChangeArithmeticAreNamed() throws Exception {
    Path json = folder.resolve("v.json");
    machine
        .set("CUBLAS_EMULATE_SINGLE_PRECISION", "1")
        .set("NVIDIA_TF32_OVERRIDE", "0")
        .set("CUDA_CACHE_DISABLE", "1");
    assertThat(
            run(CELL, "--backends", "scalar", "--json", json.toString())
                .out()
                .replaceAll("\\s+", " "))
        .contains("CUBLAS_EMULATE_SINGLE_PRECISION=1, NVIDIA_TF32_OVERRIDE=0.");
    assertThat(Files.readString(json))
        .contains("\"CUBLAS_EMULATE_SINGLE_PRECISION\" : \"1\"", "\"CUDA_CACHE_DISABLE\" : \"1\"");
  }

  @Tag("thorough")
  @Test
  void aDeviceTooSmallIsUnavailable() throws Exception {
    machine.set("EMULATED_CUDA_MEMORY", "1");
    Run train = run("train --hidden 1021 --steps 1 --backend cuda");
    assertThat(train.status()).isEqualTo(2);
    assertThat(train.err()).hasLineCount(1).contains(" needed on device 0 (");
    Run check = run(CELL.replace("--width 33", "--width 1021").replace("50", "1"));
    assertThat(check.out())
        .contains("cuda: UNAVAILABLE when opened")
        .contains("cublas: UNAVAILABLE when opened: 3")
        .contains("in 1 of 1 scenarios, first in w1021-b33-d1-tanh-equal")
        .contains("cublas: UNAVAILABLE in the products of exact data: 32")
        .doesNotContain("FAILED");
  }
}
