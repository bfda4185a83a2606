package dev.lockstep.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.bench.ChildJvm.Run;
import dev.lockstep.bench.timing.TimingsOfADevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Wide networks, the suite and its timings on the emulated CUDA device. */
@Tag("thorough")
final class EmulatedSuiteTest {

  @TempDir Path folder;

  @BeforeEach
  void requireDevice() {
    assumeTrue(EmulatedMachine.whyNone().isEmpty(), EmulatedMachine.whyNone());
  }

  private EmulatedMachine machine() {
    return new EmulatedMachine(folder);
  }

  private static Run run(EmulatedMachine machine, String line) throws Exception {
    return machine.run(Lockstep.class, List.of(line.split(" ")));
  }

  private static JsonNode json(Path file) throws IOException {
    return JsonMapper.shared().readTree(Files.readString(file));
  }

  @Test
  void wideNetworksHoldWhereTheyMustAndAreSampled() throws Exception {
    Path json = folder.resolve("v.json");
    Run run = run(machine(), "check --wide 33,129 --emulate-cuda --json " + json);

    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.out())
        .containsPattern("at widths 33, 129: exact ones to the bit, libraries' within ")
        .containsPattern("(?m)^  cuda +exact, EMULATED +HELD 20 steps ")
        .containsPattern("(?m)^  cublas +library, EMULATED +LOCKSTEP BROKEN .*AGREES \\(sample, ")
        .contains("units 32 to 32 of 33 (2 classes), by the forward product");
    JsonNode cells = json(json).get("cells");
    assertThat(cells.valueStream().map(cell -> cell.get("name").stringValue()))
        .containsExactly(
            "w33-b128-d2-tanh-equal", "w33-b128-d2-tanh-random", "w129-b128-d2-tanh-equal");
    for (JsonNode cell : cells) {
      assertThat(cell.get("outcomes")).hasSize(5);
      assertThat(cell.get("outcomes").get(0).get("agreements").get(0).get("tier").stringValue())
          .isEqualTo("sample");
    }
    assertThat(cells.get(1).get("outcomes").get(0).get("after-first-step").get("classes").asInt())
        .isEqualTo(66);
  }

  /** Every rule and either loss, with noise and without, is sampled as it is trained. */
  @Test
  void wideNetworksAreSampledWhateverTrainsThem() throws Exception {
    Path json = folder.resolve("rules.json");
    Run run =
        run(
            machine(),
            "check --wide 33 --backends cuda,cublas-bf16 --activation gelu --optimizer"
                + " momentum,nesterov,adam --loss cross-entropy,squared-error --noise 0,0.1"
                + " --emulate-cuda --json "
                + json);

    assertThat(run.err()).isEmpty();
    assertThat(run.status()).as(run.out()).isZero();
    JsonNode cells = json(json).get("cells");
    assertThat(cells).hasSize(24);
    assertThat(cells.get(23).get("name").stringValue())
        .isEqualTo("w33-b128-d2-gelu-random-adam-squared-error-noise0.1");
    for (JsonNode cell : cells) {
      for (JsonNode outcome : cell.get("outcomes")) {
        JsonNode agreement = outcome.get("agreements").get(0);
        assertThat(agreement.get("tier").stringValue()).isEqualTo("sample");
        assertThat(agreement.get("verdict").stringValue()).isEqualTo("AGREES");
      }
    }
  }

  @Test
  void aWideNetworkTooLargeForTheDeviceSaysHowMuchItNeeds() throws Exception {
    Run run =
        run(
            machine().set("EMULATED_CUDA_MEMORY", "48"),
            "check --wide 4096 --init equal --batch 1 --emulate-cuda");
    assertThat(run.out())
        .containsPattern(
            "cuda: UNAVAILABLE when opened: [0-9.]+ MiB needed on device 0 .* which has [0-9.]+ MiB"
                + " free[^\n]*\n +in 1 of 1 scenarios, first in w4096-b1-d2-tanh-equal");
    assertThat(run.status()).isZero();
  }

  @Test
  void aSuiteIsLabelledAndNamesNoPlace() throws Exception {
    Path out = folder.resolve("suite");
    Run run = run(machine().set("COLUMNS", "80"), "suite --budget 10s --emulate-cuda --out " + out);

    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.out().lines())
        .hasSizeLessThanOrEqualTo(60)
        .allMatch(line -> line.length() <= 80);
    assertThat(run.out())
        .startsWith("# Lockstep suite, CUDA EMULATED on the CPU\n")
        .containsPattern("    Suite: everything that was run holds, in \\d+ s of 10 s\n$")
        .containsPattern("EMULATED: its times\\s+say nothing about a GPU and are not taken")
        .contains("## Left out for lack of time");
    assertThat(out.resolve("summary.md")).hasContent(run.out());
    for (String part : List.of("doctor", "check", "classes", "timings", "manifest")) {
      JsonNode json = json(out.resolve(part + ".json"));
      assertThat(json.get("schema").asInt()).isEqualTo(2);
      Schemas.requireConforming(part.equals("manifest") ? "suite" : "suite-" + part, json);
      assertThat(json.get("cuda").stringValue()).isEqualTo("EMULATED");
    }
    assertThat(json(out.resolve("manifest.json")).get("state").stringValue()).isEqualTo("partial");
    assertThat(json(out.resolve("timings.json")).get("measurements").valueStream())
        .allSatisfy(m -> assertThat(m.get("backend").stringValue()).isEqualTo("vector"));
    try (Stream<Path> files = Files.list(out)) {
      for (Path file : files.toList()) {
        assertThat(Files.readString(file))
            .as(file.toString())
            .doesNotContain(System.getProperty("user.dir"))
            .doesNotContain(System.getProperty("java.home"))
            // What cannot be read below these is named, and says nothing of the user.
            .doesNotContainPattern("[\" (=]/(?!sys/|proc/)[a-z]+/");
      }
    }
  }

  @Test
  void nothingOfItGetsIntoTheResults() throws Exception {
    Path out = Path.of("../results/nothing");
    Run run = run(machine(), "suite --budget 1s --emulate-cuda --out " + out);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).hasLineCount(1).contains("below results/").contains("EMULATED");
    assertThat(out).doesNotExist();
  }

  /** No number is read here: that there is one, and that it was verified. */
  @Test
  void everythingThatIsTimedIsVerified() throws Exception {
    Run run = machine().run(TimingsOfADevice.class, List.of());
    assertThat(run.err()).isEmpty();
    assertThat(run.out().lines()).hasSize(8);
    assertThat(run.out().lines()).allMatch(line -> line.matches(".*\\d ms .*\\d ms .*\\d ms .*"));
  }

  /** A library that rounds what it was not asked to has no number. */
  @Test
  void whatIsNotAsItClaimsHasNoNumber() throws Exception {
    Run run =
        machine()
            .set("EMULATED_CUBLAS_TF32", "always")
            .run(TimingsOfADevice.class, List.of("cublas"));
    assertThat(run.out().lines())
        .hasSize(2)
        .allMatch(line -> line.contains("UNAVAILABLE") && !line.contains(" ms "));
  }
}
