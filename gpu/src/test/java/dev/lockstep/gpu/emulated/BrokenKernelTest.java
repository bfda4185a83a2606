package dev.lockstep.gpu.emulated;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The contract sees mistakes in the source of the kernels. Each is put into a copy of it, which is
 * compiled for an emulated device of its own; a JVM that finds that device runs the contract over
 * {@code cuda}.
 *
 * <p>It is the source that the emulated device runs. Of the PTX, which a real device runs, it only
 * checks the kernels' names and parameters; that it is made of this source is for {@code ptx.sh
 * --check}.
 */
@ExtendWith(FreshDevice.class)
@Tag("thorough")
final class BrokenKernelTest {

  private static final Path SOURCES = Path.of("src", "main", "cuda");
  private static final Path BUILD = Path.of("emulator", "build.sh");
  private static final int AT_ONCE = 2;

  private static ExecutorService runs;
  private static Future<List<String>> unaltered;
  private static final Map<KernelFault, Future<List<String>>> broken =
      new EnumMap<>(KernelFault.class);

  @BeforeAll
  static void start() {
    runs = Executors.newFixedThreadPool(AT_ONCE);
    unaltered = runs.submit(() -> run(copy("unaltered"), ContractCase.values()));
    for (KernelFault fault : KernelFault.values()) {
      broken.put(
          fault,
          runs.submit(
              () -> {
                Path sources = copy(fault.name());
                Path file = sources.resolve(fault.file());
                Files.writeString(file, fault.into(Files.readString(file)));
                return run(sources, fault.seenBy());
              }));
    }
  }

  @AfterAll
  static void stop() {
    runs.shutdownNow();
  }

  @Test
  void aCopyThatIsRightPasses() throws Exception {
    assertThat(unaltered.get())
        .allMatch(line -> line.startsWith("passed "))
        .hasSizeGreaterThanOrEqualTo(ContractCase.values().length);
  }

  @ParameterizedTest
  @EnumSource
  void aMistakeIsSeenAndNamed(KernelFault fault) throws Exception {
    assertThat(requireNonNull(broken.get(fault)).get())
        .as("%s, by %s", fault, fault.seenBy())
        .anyMatch(
            line ->
                line.matches("failed .*: .*Assertion(Failed)?Error: .*" + fault.message() + ".*"));
  }

  /** A copy of the kernels' source in a folder of its own, {@code cuda} in the one returned. */
  private static Path copy(String name) throws IOException {
    Path sources =
        EmulatedDevice.folder().resolveSibling("broken-kernels").resolve(name).resolve("cuda");
    for (Path file : files(SOURCES)) {
      Path target = sources.resolve(SOURCES.relativize(file).toString());
      Files.createDirectories(target.getParent());
      Files.writeString(target, Files.readString(file));
    }
    return sources;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().matches(".*\\.cuh?")).toList();
    }
  }

  /** Builds a device that runs these sources, and gives the lines of a run of the contract. */
  private static List<String> run(Path sources, ContractCase... cases) throws Exception {
    Path device = sources.resolveSibling("device");
    output(
        new ProcessBuilder(
            BUILD.toAbsolutePath().toString(),
            "--device",
            EmulatedDevice.folder().toString(),
            device.toString(),
            sources.toString()));
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-D" + EmulatedDevice.FOLDER + "=" + device,
            "-cp",
            System.getProperty("java.class.path"),
            ContractRun.class.getName()));
    Stream.of(cases).map(ContractCase::name).forEach(command::add);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("LD_LIBRARY_PATH", device.toString());
    builder.environment().put("LOCKSTEP_CUBLAS", device.resolve("cuda12").toString());
    return output(builder)
        .lines()
        .filter(line -> line.matches("(passed|skipped|failed) .*"))
        .toList();
  }

  private static String output(ProcessBuilder command) throws IOException, InterruptedException {
    Process process = command.redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    return text;
  }
}
