package dev.lockstep.gpu.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lockstep.backend.Availability.Hardware;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compiles libraries that answer as CUDA's would on some machine. */
final class FakeLibraries {

  private static final Path COMPILER = Path.of("/usr/bin/gcc");

  /** Libraries by what they were compiled from, in whatever folder. */
  private static final Map<List<String>, byte[]> COMPILED = new HashMap<>();

  /** What the driver reports. */
  record Driver(
      int init,
      int version,
      int devices,
      int capabilityMajor,
      int capabilityMinor,
      Hardware hardware) {

    static final Driver GOOD = new Driver(0, 13000, 2, 9, 0, Hardware.REAL);

    /** With the function that only the emulated device has. */
    Driver emulated() {
      return new Driver(
          init, version, devices, capabilityMajor, capabilityMinor, Hardware.EMULATED);
    }

    Driver withInit(int status) {
      return new Driver(status, version, devices, capabilityMajor, capabilityMinor, hardware);
    }

    Driver withVersion(int number) {
      return new Driver(init, number, devices, capabilityMajor, capabilityMinor, hardware);
    }

    Driver withDevices(int count) {
      return new Driver(init, version, count, capabilityMajor, capabilityMinor, hardware);
    }

    Driver withCapability(int major, int minor) {
      return new Driver(init, version, devices, major, minor, hardware);
    }

    /** Puts libcuda.so.1 into a folder. */
    Path into(Path folder) {
      return compile(
          "libcuda.c",
          folder.resolve("libcuda.so.1"),
          List.of(
              "-D" + hardware,
              "-DINIT=" + init,
              "-DVERSION=" + version,
              "-DDEVICES=" + devices,
              "-DCAPABILITY_MAJOR=" + capabilityMajor,
              "-DCAPABILITY_MINOR=" + capabilityMinor),
          NeededFunctions.DRIVER);
    }
  }

  private FakeLibraries() {}

  static void assumeCompiler() {
    assumeTrue(Files.isExecutable(COMPILER), "there is no " + COMPILER + " to make libraries with");
  }

  /** Puts cuBLAS and its companion into a folder; symbols carry the version that NVIDIA's do. */
  static Path cublas(Path folder, int major) {
    Path companion =
        compile(
            "libcublasLt.c",
            folder.resolve("libcublasLt.so." + major),
            List.of("-DMAJOR=" + major));
    Path versions = write(folder.resolve("symbols"), "libcublas.so." + major + " { global: *; };");
    return compile(
        "libcublas.c",
        folder.resolve("libcublas.so." + major),
        List.of(
            "-DMAJOR=" + major, companion.toString(), "-Xlinker", "--version-script=" + versions),
        NeededFunctions.CUBLAS);
  }

  /** Puts a cuBLAS into a folder that needs a library which is not there. */
  static Path cublasWithoutWhatItNeeds(Path folder, int major) throws IOException {
    Path missing = compile("empty.c", folder.resolve("libmissing.so"), List.of());
    compile("empty.c", folder.resolve("libcublasLt.so." + major), List.of());
    Path cublas =
        compile(
            "empty.c",
            folder.resolve("libcublas.so." + major),
            List.of("-Xlinker", "--no-as-needed", missing.toString()));
    Files.delete(missing);
    return cublas;
  }

  /** The commands of a machine in a folder: the loader's cache is empty. */
  static Path commands(Path machine) {
    return script(machine.resolve("bin/ldconfig"), "exit 0").resolveSibling("");
  }

  /** An executable script. */
  static Path script(Path file, String text) {
    write(file, "#!/bin/sh\n" + text + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }

  private static Path write(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path compile(String source, Path library, List<String> arguments) {
    return compile(source, library, arguments, List.of());
  }

  /** Functions that the source has not are there too, and answer that they are not supported. */
  private static Path compile(
      String source, Path library, List<String> arguments, List<String> functions) {
    String folder = library.toString().substring(0, library.toString().lastIndexOf('/'));
    List<String> from = new ArrayList<>(List.of(source, library.getFileName().toString()));
    arguments.forEach(each -> from.add(each.replace(folder, "")));
    byte[] bytes = COMPILED.get(from);
    try {
      Files.createDirectories(library.getParent());
      if (bytes != null) {
        return Files.write(library, bytes);
      }
      runCompiler(source, library, arguments, functions);
      COMPILED.put(from, Files.readAllBytes(library));
      return library;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void runCompiler(
      String source, Path library, List<String> arguments, List<String> functions)
      throws IOException, InterruptedException {
    try (InputStream stream = FakeLibraries.class.getResourceAsStream(source)) {
      assertThat(stream).isNotNull();
      StringBuilder text =
          new StringBuilder(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
      functions.stream()
          .filter(function -> text.indexOf("int " + function + "(") < 0)
          .forEach(function -> text.append("int " + function + "(void) { return 801; }\n"));
      List<String> command = new ArrayList<>();
      command.addAll(List.of(COMPILER.toString(), "-shared", "-fPIC", "-o", library.toString()));
      command.add("-Wl,-soname," + library.getFileName());
      command.addAll(List.of("-x", "c", "-", "-x", "none"));
      command.addAll(arguments);
      Process compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
      try (var input = compiler.getOutputStream()) {
        input.write(text.toString().getBytes(StandardCharsets.UTF_8));
      }
      String output = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(compiler.waitFor()).as(output).isZero();
    }
  }
}
