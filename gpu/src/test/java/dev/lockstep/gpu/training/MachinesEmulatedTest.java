package dev.lockstep.gpu.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.gpu.discovery.AlteredLibraries;
import dev.lockstep.gpu.discovery.ForkedProbe;
import dev.lockstep.gpu.emulated.EmulatedDevice;
import dev.lockstep.gpu.emulated.EmulatedDevice.Cublas;
import dev.lockstep.gpu.emulated.FreshDevice;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole runs on odd machines: in a JVM of its own each, every backend trains, and ends in the bits
 * that it ends in here.
 */
@ExtendWith(FreshDevice.class)
@Tag("thorough")
final class MachinesEmulatedTest {

  private static final List<String> NATIVES =
      List.of("libJCudaDriver-12.6.0-linux-x86_64.so", "libJCublas2-12.6.0-linux-x86_64.so");

  @TempDir Path folder;

  private ForkedProbe run;

  @BeforeEach
  void prepare() throws Exception {
    run = on(Cublas.VERSION_12);
  }

  /** A machine with one cuBLAS, and a driver that is no older. */
  private ForkedProbe on(Cublas cublas) throws Exception {
    return on(EmulatedDevice.folder(), folderOf(cublas))
        .with("EMULATED_CUDA_DRIVER", cublas == Cublas.VERSION_12 ? "12.0" : "13.0");
  }

  private ForkedProbe on(Path driver, Path cublas) throws Exception {
    return new ForkedProbe(folder, TrainingRun.class)
        .with("LD_LIBRARY_PATH", driver + ":" + cublas);
  }

  private static Path folderOf(Cublas cublas) {
    return EmulatedDevice.cublas(cublas).resolveSibling("");
  }

  private static List<String> linesOfThisProcess() {
    return TrainingRun.BACKENDS.stream().map(TrainingRun::line).toList();
  }

  private static void assertBitsOfThisProcess(String output) {
    assertThat(linesOfThisProcess())
        .allMatch(line -> line.matches("[a-z0-9-]+:( [0-9a-f]{32}){6}"));
    // Of a temporary folder that is none, the JVM warns.
    assertThat(output.lines().filter(line -> line.matches("[a-z0-9-]+: .*")).toList())
        .isEqualTo(linesOfThisProcess());
  }

  @Test
  void withCublas13Only() throws Exception {
    String output = on(Cublas.VERSION_13).run();
    assertBitsOfThisProcess(output);
    assertThat(output)
        .contains("cuBLAS 13")
        .contains(EmulatedDevice.cublas(Cublas.VERSION_13).toString());
    assertThat(folder.resolve("tmp")).isEmptyDirectory();
  }

  @Test
  void withTruncatedLibrariesInTheTemporaryFolder() throws Exception {
    Path temporary = folder.resolve("tmp");
    for (String name : NATIVES) {
      Files.write(temporary.resolve(name), new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
    }
    String output = run.run();
    assertBitsOfThisProcess(output);
    assertThat(output).contains("cuBLAS 12");
    assertThat(names(temporary)).containsExactlyInAnyOrderElementsOf(NATIVES);
    assertThat(temporary.resolve(NATIVES.getFirst())).hasSize(7);
  }

  @Test
  void twoProcessesAtOnce() throws Exception {
    Process first = run.start();
    Process second = on(Cublas.VERSION_13).start();
    assertBitsOfThisProcess(ForkedProbe.output(first));
    assertBitsOfThisProcess(ForkedProbe.output(second));
    assertThat(folder.resolve("tmp")).isEmptyDirectory();
  }

  /** Permissions would not do: the superuser may write everywhere. */
  @Test
  void withATemporaryFolderThatCannotBeWritten() throws Exception {
    Path cache = folder.resolve("cache");
    for (Path temporary :
        List.of(Files.writeString(folder.resolve("file"), ""), Path.of("/proc"))) {
      assertBitsOfThisProcess(run.temporaryFiles(temporary).with("XDG_CACHE_HOME", cache).run());
      assertThat(cache).isEmptyDirectory();
    }
  }

  /**
   * Killed in the middle of training it leaves nothing; while it loads its code, one folder, which
   * the next start removes.
   */
  @Test
  void afterAnotherWasKilled() throws Exception {
    Path temporary = folder.resolve("tmp");
    kill(run.start("stay"), line -> line.equals("open"));
    assertThat(temporary).isEmptyDirectory();

    kill(new ForkedProbe(folder).start("hold"), line -> line.startsWith(temporary.toString()));
    assertThat(names(temporary)).singleElement().asString().startsWith("lockstep-");
    assertBitsOfThisProcess(run.run());
    assertThat(temporary).isEmptyDirectory();
  }

  /** The loader would end the process at the first call. */
  @Test
  void aDriverThatLacksAFunction() throws Exception {
    Path driver =
        AlteredLibraries.without(
            List.of("cuGraphLaunch"),
            EmulatedDevice.folder().resolve("libcuda.so.1"),
            folder.resolve("driver"));
    String sentence =
        "DRIVER_FAILED \\| the emulated driver \\(.*\\) has no function cuGraphLaunch; .*";
    assertThat(on(driver, folderOf(Cublas.VERSION_12)).run().lines())
        .hasSize(TrainingRun.BACKENDS.size())
        .allMatch(line -> line.matches("[a-z0-9-]+: " + sentence));
  }

  @Test
  void aCublasThatLacksAFunction() throws Exception {
    Path cublas =
        AlteredLibraries.without(
            List.of("cublasGemmEx"),
            EmulatedDevice.cublas(Cublas.VERSION_12),
            folder.resolve("cublas"));
    List<String> lines = on(EmulatedDevice.folder(), cublas).run().lines().toList();
    assertThat(lines.getFirst()).isEqualTo(linesOfThisProcess().getFirst()).startsWith("cuda: ");
    assertThat(lines.subList(1, TrainingRun.BACKENDS.size()))
        .allMatch(
            line ->
                line.matches(
                    "cublas.*: NO_CUBLAS \\| .*libcublas.so.12 has no function cublasGemmEx.*"));
  }

  /** Whatever else JCuda's libraries import is never called: what is looked for is all there is. */
  @Test
  void nothingButTheFunctionsThatAreLookedFor() throws Exception {
    Path driver =
        AlteredLibraries.leanDriver(
            EmulatedDevice.folder().resolve("libcuda.so.1"), folder.resolve("driver"));
    Path cublas =
        AlteredLibraries.leanCublas(
            EmulatedDevice.cublas(Cublas.VERSION_12), folder.resolve("cublas"));
    String output = on(driver, cublas).run();
    assertBitsOfThisProcess(output);
    assertThat(output).contains(cublas.toString());
  }

  /** Kills it with SIGKILL once it has printed a line. */
  private static void kill(Process process, Predicate<String> once) throws Exception {
    try (BufferedReader output = process.inputReader()) {
      assertThat(output.lines().anyMatch(once)).isTrue();
      process.destroyForcibly();
      assertThat(process.waitFor()).isEqualTo(128 + 9);
    }
  }

  private static List<String> names(Path folder) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
