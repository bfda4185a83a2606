package dev.lockstep.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Starts JVMs that find the emulated CUDA device as they would find a real one. */
public final class EmulatedMachine {

  /** Where the build of the module gpu leaves it. */
  private static final Path DEVICE = Path.of("../gpu/target/emulated").toAbsolutePath().normalize();

  private final Path folder;
  private final Map<String, String> settings = new HashMap<>();

  /** What a program came to. */
  public record Run(int status, String out, String err) {}

  /** With a folder for what programs write. */
  public EmulatedMachine(Path folder) {
    this.folder = folder;
  }

  /** Why there is none here, to skip with; empty if there is one. */
  public static String whyNone() {
    return Files.exists(DEVICE.resolve("stamp"))
        ? ""
        : "skipped: the module gpu has left no emulated CUDA device in " + DEVICE;
  }

  /** Sets a property of the device. */
  public EmulatedMachine set(String name, String value) {
    settings.put(name, value);
    return this;
  }

  /** Runs the main method of a class, with at most the heap that the launcher gives a check. */
  public Run run(Class<?> main, List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx768m",
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    command.addAll(arguments);
    File out = folder.resolve("out").toFile();
    File err = folder.resolve("err").toFile();
    ProcessBuilder process = new ProcessBuilder(command).redirectOutput(out).redirectError(err);
    process.environment().put("LD_LIBRARY_PATH", DEVICE + ":" + DEVICE.resolve("cuda12"));
    process
        .environment()
        .put("LOCKSTEP_CUBLAS", DEVICE.resolve("cuda12/libcublas.so.12").toString());
    process.environment().put("COLUMNS", "200"); // so that sentences stay on one line
    process.environment().putAll(settings);
    int status = process.start().waitFor();
    String complaints =
        Files.readString(err.toPath(), UTF_8)
            .replace("WARNING: Using incubator modules: jdk.incubator.vector\n", "");
    return new Run(status, Files.readString(out.toPath(), UTF_8), complaints);
  }
}
