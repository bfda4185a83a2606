package dev.lockstep.bench.sensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.bench.ChildJvm;
import dev.lockstep.gpu.discovery.ProbeJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A management library that crashes, hangs or prints without end takes no command with it. */
final class BrokenNvmlTest {

  private static final String START = "nvmlInit_v2";
  private static final String POWER = "nvmlDeviceGetPowerUsage";

  @TempDir Path folder;

  private String library = "";

  @BeforeEach
  void prepare() throws Exception {
    assumeTrue(FakeMachine.hasCompiler(), "there is no gcc to make a library with");
    library = new FakeMachine(folder).library();
  }

  @AfterEach
  void usualLimit() {
    System.clearProperty(ProbeJvm.LIMIT_PROPERTY);
  }

  private Sensors sensors(String fault, String function) throws Exception {
    Files.writeString(Path.of(library + ".fault"), fault + " " + function);
    return Sensors.of(folder.resolve("sys"), library, FakeMachine.BUS);
  }

  private static String reading(Sensors sensors, String name) {
    return String.valueOf(sensors.readings().get(name));
  }

  @ParameterizedTest
  @CsvSource({
    "crash, crashed",
    "abort, crashed",
    "exit, ended the process with status 77",
  })
  void thatEndsTheProcess(String fault, String predicate) throws Exception {
    for (String function : List.of("dlopen", START)) {
      prepareAgain();
      assertThat(reading(sensors(fault, function), "GPU clock"))
          .isEqualTo("not readable: NVIDIA's management library " + predicate + " in " + function);
    }
    // No report and no core is left.
    assertThat(Path.of("").toAbsolutePath()).isDirectoryNotContaining("glob:**/{hs_err,core}*");
  }

  /** What the library did to a process is kept for its path, so another path is another library. */
  private void prepareAgain() throws Exception {
    Path again = Files.createDirectories(folder.resolve(String.valueOf(System.nanoTime())));
    library = new FakeMachine(again).library();
  }

  @ParameterizedTest
  @ValueSource(strings = {"hang", "print"})
  void thatDoesNotAnswer(String fault) throws Exception {
    System.setProperty(ProbeJvm.LIMIT_PROPERTY, "5");
    assertThat(reading(sensors(fault, START), "GPU clock"))
        .isEqualTo(
            "not readable: NVIDIA's management library did not answer within 5 s in " + START);
  }

  /** After its fault nothing is asked any more, in this JVM and those that it starts. */
  @Test
  void thatBreaksWhileItIsUsed() throws Exception {
    Sensors sensors = sensors("crash", POWER);
    Map<String, Reading> readings = sensors.readings();
    String reason = "not readable: NVIDIA's management library crashed in " + POWER;
    assertThat(readings.get("GPU clock")).hasToString("1001 MHz");
    assertThat(readings.get("GPU power")).hasToString(reason);
    assertThat(readings.get("GPU temperature")).hasToString(reason);
    assertThat(sensors.energy().gpu()).hasToString(reason);
    Files.delete(Path.of(library + ".fault"));
    assertThat(reading(Sensors.of(folder, library, FakeMachine.BUS), "GPU clock"))
        .isEqualTo(reason);
  }

  @Test
  void thatPrintsBesideItsAnswers() throws Exception {
    assertThat(reading(sensors("chat", POWER), "GPU power")).isEqualTo("345.678 W");
  }

  /** Prints the argument for the JVMs that this one starts. */
  static final class Teller {
    private Teller() {}

    public static void main(String[] arguments) throws Exception {
      try {
        NvmlProcess.start(Nvml.LIBRARY, FakeMachine.BUS);
      } catch (NotReadableException e) {
        System.out.println(e.getMessage());
      }
      System.out.println(Sensors.option());
    }
  }

  @Test
  void aJvmThatIsToldAsksNothing() throws Exception {
    String option = "-Dlockstep.nvml.broken=it+crashed%2C+badly";
    ChildJvm.Run run = new ChildJvm(folder).with(option).run(Teller.class, List.of());
    assertThat(run.out()).contains("it crashed, badly").contains(option);
    assertThat(Sensors.option()).isEqualTo("-Dlockstep.nvml.broken=");
  }
}
