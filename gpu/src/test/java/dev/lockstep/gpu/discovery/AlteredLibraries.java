package dev.lockstep.gpu.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Copies of CUDA's libraries that lack functions: the names stand in the table of symbols with
 * another first letter, so that nobody finds them.
 */
public final class AlteredLibraries {

  /** What {@link DriverLibrary} calls itself, beside what JCuda calls. */
  private static final List<String> ASKED_OF_THE_DRIVER =
      List.of("cuDriverGetVersion", "cuDeviceGetCount", "cuDeviceGetName", "cuDeviceTotalMem_v2");

  private AlteredLibraries() {}

  /** A driver without any function that is not looked for. */
  public static Path leanDriver(Path library, Path folder) throws IOException {
    return lean(library, folder, "driver", NeededFunctions.DRIVER, ASKED_OF_THE_DRIVER);
  }

  /** A cuBLAS without any function that is not looked for. */
  public static Path leanCublas(Path library, Path folder) throws IOException {
    return lean(library, folder, "cublas", NeededFunctions.CUBLAS, List.of());
  }

  private static Path lean(
      Path library, Path folder, String name, List<String> needed, List<String> asked)
      throws IOException {
    List<String> imports = Files.readAllLines(Path.of("emulator", name, "imports.txt"));
    assertThat(imports).containsAll(needed);
    return without(
        imports.stream().filter(f -> !needed.contains(f) && !asked.contains(f)).toList(),
        library,
        folder);
  }

  /**
   * A copy of a library without some functions, and of what lies beside it.
   *
   * @return the folder it was given
   */
  public static Path without(List<String> functions, Path library, Path folder) throws IOException {
    Files.createDirectories(folder);
    try (Stream<Path> beside = Files.list(library.getParent())) {
      for (Path file : beside.filter(Files::isRegularFile).toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    Path copy = folder.resolve(library.getFileName());
    String text = Files.readString(copy, StandardCharsets.ISO_8859_1);
    for (String function : functions) {
      String name = "\0" + function + "\0";
      assertThat(text.contains(name)).as("%s has %s", library, function).isTrue();
      text = text.replace(name, "\0X" + function.substring(1) + "\0");
    }
    Files.writeString(copy, text, StandardCharsets.ISO_8859_1);
    return folder;
  }
}
