package dev.lockstep.bench.sensors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder that looks like {@code /sys}, and a library that looks like NVIDIA's. */
public final class FakeMachine {
  /** Where the library's device sits. */
  public static final String BUS = "0000:65:00.0";

  private static final Path COMPILER = Path.of("/usr/bin/gcc");

  private final Path folder;

  /** In an empty folder. */
  public FakeMachine(Path folder) {
    this.folder = folder;
  }

  /** What stands for {@code /sys}. */
  public Path sys() {
    return folder.resolve("sys");
  }

  /** A processor's clock. */
  FakeMachine cpu(int number, String governor, String kilohertz) {
    write("devices/system/cpu/cpu" + number + "/cpufreq/scaling_governor", governor);
    write("devices/system/cpu/cpu" + number + "/cpufreq/scaling_cur_freq", kilohertz);
    return this;
  }

  /** Energy of a zone such as {@code intel-rapl:0}. */
  public FakeMachine zone(String zone, String name, long microjoules, long range) {
    write("class/powercap/" + zone + "/name", name);
    write("class/powercap/" + zone + "/energy_uj", String.valueOf(microjoules));
    write("class/powercap/" + zone + "/max_energy_range_uj", String.valueOf(range));
    return this;
  }

  void write(String file, String text) {
    try {
      Path path = sys().resolve(file);
      Files.createDirectories(path.getParent());
      Files.writeString(path, text + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether a library can be made here. */
  public static boolean hasCompiler() {
    return Files.isExecutable(COMPILER);
  }

  /** Makes the management library. */
  public String library() throws IOException, InterruptedException {
    Path source = folder.resolve("libnvidia-ml.c");
    Path library = folder.resolve("libnvidia-ml.so.1");
    try (InputStream stream = FakeMachine.class.getResourceAsStream("libnvidia-ml.c")) {
      assertThat(stream).isNotNull();
      Files.copy(stream, source);
    }
    Process compiler =
        new ProcessBuilder(
                COMPILER.toString(),
                "-shared",
                "-fPIC",
                "-o",
                library.toString(),
                source.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(compiler.getInputStream().readAllBytes(), UTF_8);
    assertThat(compiler.waitFor()).as(said).isZero();
    return library.toString();
  }
}
