package dev.lockstep.gpu.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.lockstep.gpu.discovery.FakeLibraries.Driver;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A driver that crashes, hangs or talks nonsense ends no command and leaves no file. */
final class BrokenDriverTest {

  @TempDir Path folder;

  private OtherMachine machine;

  /** Where a crash would leave a file. */
  private ForkedProbe probe;

  @BeforeEach
  void prepare() throws Exception {
    FakeLibraries.assumeCompiler();
    machine = new OtherMachine(folder).with("LD_LIBRARY_PATH", folder.resolve("driver"));
    probe = new ForkedProbe(folder).with("LD_LIBRARY_PATH", folder.resolve("driver"));
    Driver.GOOD.into(folder.resolve("driver"));
  }

  private String look() throws Exception {
    String output = probe.run("look", "0");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()).toList())
          .containsExactlyInAnyOrder("bin", "driver", "home", "tmp");
    }
    return output.lines().filter(line -> line.startsWith("kernels: ")).findFirst().orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "STUB_CRASH_IN, crashed",
    "STUB_ABORT_IN, crashed",
    "STUB_EXIT_IN, ended the process with status 77"
  })
  void thatEndsTheProcess(String variable, String predicate) throws Exception {
    for (String function : new String[] {"dlopen", "cuInit"}) {
      assertThat(machine.with(variable, function).look(0))
          .contains(predicate + " in " + function + "; likely cause: ");
    }
    probe.with(variable, "cuInit");
    assertThat(look()).startsWith("kernels: DRIVER_FAILED | the NVIDIA driver (");
  }

  @Test
  void thatHangs() throws Exception {
    assertThat(probe.with("STUB_HANG_IN", "cuInit").limit(3).run("look", "0"))
        .contains("did not answer within 3 s in cuInit; likely cause: ");
    assertThat(look()).startsWith("kernels: DRIVER_FAILED | the NVIDIA driver (");
  }

  /** Its own lines are told from those of the probe, and no more than a megabyte is kept. */
  @Test
  void thatPrintsWithoutEnd() throws Exception {
    assertThat(machine.with("STUB_PRINT_IN", "cuInit").look(0))
        .contains(" in cuInit; likely cause: ");
  }

  @ParameterizedTest
  @CsvSource({
    "STUB_DEVICES, 2000000000, offers 2000000000 devices",
    "STUB_DEVICES, 257, offers 257 devices",
    "STUB_DEVICES, -1, offers -1 devices",
    "STUB_CAPABILITY, 2147483647, gives device 0 the compute capability 2147483647.0",
    "STUB_CAPABILITY, -1, gives device 0 the compute capability -1.0",
    "STUB_MEMORY, 18446744073709551615, gives device 0 a memory of 18446744073709551615 bytes",
    "STUB_VERSION, -5, gives -5 as the CUDA version",
    "STUB_VERSION, 2147483647, gives 2147483647 as the CUDA version"
  })
  void thatTalksNonsense(String variable, String value, String predicate) throws Exception {
    assertThat(machine.with(variable, value).look(0))
        .contains("kernels: DRIVER_FAILED | the NVIDIA driver (")
        .contains(predicate);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a:b;c d%0A\u00e4\n\u001b[31m", "end"})
  void whoseNamesAreOdd(String name) throws Exception {
    // A variable hands the name over, in the encoding of this process's locale.
    assumeThat(Charset.forName(System.getProperty("sun.jnu.encoding")).newEncoder().canEncode(name))
        .as("SKIPPED: the locale has no encoding of %s", name)
        .isTrue();
    String shown = name.isEmpty() ? "A".repeat(256) : name;
    assertThat(machine.with("LC_ALL", "C.UTF-8").with("STUB_NAME", name).look(0))
        .contains("kernels: AVAILABLE REAL device 0, " + shown + ", compute capability 9.0");
  }

  /** A file that was cut off would kill whoever lets the loader map it. */
  @Test
  void thatWasCutOff() throws Exception {
    Path file = folder.resolve("driver/libcuda.so.1");
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    assertThat(look())
        .startsWith("kernels: NO_DRIVER | no NVIDIA driver that can be loaded (")
        .contains(" is cut off (");
  }
}
