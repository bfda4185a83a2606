package dev.lockstep.bench.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.bench.ChildJvm;
import dev.lockstep.machine.Linux;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What doctor says of machines that this one need not be. The driver's answers are handed down. */
final class DoctorTest {

  private static final String DEVICE = "device:0:NVIDIA+A100+MIG+1g.5gb:8:0:5368709120:;";

  @TempDir Path folder;

  private Path root;
  private ChildJvm jvm;

  @BeforeEach
  void prepare() throws Exception {
    root = Files.createDirectories(folder.resolve("root"));
    jvm =
        new ChildJvm(folder)
            .with("-D" + Linux.ROOT_PROPERTY + "=" + root)
            .set("COLUMNS", "300")
            .set("PATH", "/usr/bin:/bin"); // asking every Python of a machine can take seconds
  }

  private ChildJvm.Run doctor(String driver) throws Exception {
    ChildJvm.Run run =
        jvm.with("-Dlockstep.cuda.driver=" + driver)
            .lockstep("doctor", "--json", folder.resolve("d.json").toString());
    assertThat(run.status()).as(run.out() + run.err()).isZero();
    return run;
  }

  private JsonNode json() throws Exception {
    return JsonMapper.shared().readTree(Files.readAllBytes(folder.resolve("d.json")));
  }

  @Tag("thorough")
  @ParameterizedTest
  @CsvSource({
    "file:a;version:12060;status:cuInit:802;end, FAILING, system-not-ready, fabricmanager",
    "file:a;version:12060;status:cuInit:34;end, FAILING, stub, stubs",
    "file:a;version:12060;count:0;end, FAILING, no-kernel-module, modprobe",
    "file:a;broken:cuInit:crashed;end, FAILING, driver-crashed, reboot",
    "refused:NOT_FOUND:x;end, ABSENT, no-driver, install one"
  })
  void nameCauseLookAndMend(String driver, String state, String id, String mend) throws Exception {
    ChildJvm.Run run = doctor(driver);
    assertThat(run.out())
        .containsPattern("(?m)^likely cause +\\S")
        .containsPattern("(?m)^to see more +\\S")
        .containsPattern("(?m)^to mend it +.*" + mend);
    JsonNode cuda = json().path("cuda");
    assertThat(cuda.path("driver").asString()).isEqualTo(state);
    assertThat(cuda.path("trouble").path("id").asString()).isEqualTo(id);
    assertThat(cuda.path("trouble").path("mend").asString()).contains(mend);
    assertThat(cuda.path("trouble").propertyNames())
        .containsExactly("id", "title", "observed", "likely-cause", "look", "mend");
    assertThat(json().path("schema").asInt()).isEqualTo(1);
    assertThat(json().propertyNames())
        .containsExactly("schema", "kind", "machine", "variables", "cuda", "cublas", "backends");
  }

  @Test
  void theMachineItsLimitsAndItsVariables() throws Exception {
    Files.createDirectories(root.resolve("proc/self"));
    Files.writeString(root.resolve("proc/cpuinfo"), "model name : P\nflags : avx2 fma\n");
    Files.writeString(root.resolve("proc/self/cgroup"), "0::/\n");
    Files.createDirectories(root.resolve("sys/fs/cgroup"));
    Files.writeString(root.resolve("sys/fs/cgroup/memory.max"), "314572800\n");
    jvm.set("CUBLAS_EMULATE_SINGLE_PRECISION", "1").set("CXX", "no-such-compiler");
    assertThat(doctor("refused:NOT_FOUND:x;end").out())
        .containsPattern("(?m)^features +avx2 fma$")
        .containsPattern("(?m)^kernels +\\d+-bit vectors; products in tiles of \\d+ rows by \\d+")
        .containsPattern("(?m)^limits +memory 300 MiB, processor time none$")
        .containsPattern("(?m)^variable +CUBLAS_EMULATE_SINGLE_PRECISION=1$")
        .containsPattern("(?m)^emulation +`check --emulate-cuda` needs no-such-compiler");
    assertThat(json().path("variables").path("CUBLAS_EMULATE_SINGLE_PRECISION").asString())
        .isEqualTo("1");
    assertThat(json().path("machine").path("limits").asString()).startsWith("memory 300 MiB");
  }

  /** No driver of that name can be opened here, which is a trouble like any other. */
  @Test
  void aDeviceIsOpenedBeforeItCanBeSaidToRun() throws Exception {
    String out = doctor("file:a;version:12060;count:1;" + DEVICE + "end").out();
    assertThat(out)
        .contains("device 0, NVIDIA A100 MIG 1g.5gb, compute capability 8.0")
        .contains("cannot be used: ")
        .containsPattern("(?m)^note +device 0 is a part of a divided device \\(MIG\\): its sensors")
        .containsPattern("(?m)^  cuda +exact +UNAVAILABLE  .*: see above$")
        .doesNotContainPattern("(?m)^  cuda +exact +can run");
    JsonNode device = json().path("cuda").path("devices").path(0);
    assertThat(device.path("trouble").path("id").asString()).isNotEmpty();
    assertThat(
            List.of(device.path("compute-capability").asString(), device.path("memory").asString()))
        .containsExactly("8.0", "5368709120");
  }

  /** What the driver does to its process is no matter of the backends on the CPU. */
  @ParameterizedTest
  @CsvSource({
    "file:a;broken:cuInit:crashed;end, crashed in cuInit",
    "file:a;version:12060;count:2000000000;end, offers 2000000000 devices",
    "file:a;version:12060;status:cuInit:46;end, CUDA_ERROR_DEVICE_UNAVAILABLE"
  })
  void aCheckOfTheCpuGoesOn(String driver, String said) throws Exception {
    String cell =
        "check --width 7 --batch 33 --depth 1 --activation tanh --init random --optimizer sgd"
            + " --loss cross-entropy --noise 0 --steps 20";
    ChildJvm.Run run = jvm.with("-Dlockstep.cuda.driver=" + driver).lockstep(cell.split(" "));
    assertThat(run.status()).as(run.out() + run.err()).isZero();
    assertThat(run.out())
        .contains("2 exact backends agree bit for bit", "CUDA NOT TESTED: ")
        .contains(said)
        .doesNotContain("FAILED");
  }

  /** A property of another form is none; the driver is then asked. */
  @Test
  void whatIsHandedDownIsNotTrusted() throws Exception {
    assertThat(doctor("device:0:x;file:..;end;end").status()).isZero();
    assertThat(json().path("cuda").path("devices")).isEmpty();
  }
}
