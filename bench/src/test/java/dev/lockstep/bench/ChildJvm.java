package dev.lockstep.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lockstep.model.InheritedEncoding;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Starts JVMs with the class path of the tests, for what one JVM does once or is killed in. They
 * end before they have repaid the time that the second JIT compiler takes, so they have the first
 * one only.
 */
public final class ChildJvm {
  private final Path folder;
  private final List<String> options =
      new ArrayList<>(
          List.of(
              "-XX:+UseSerialGC",
              "-XX:TieredStopAtLevel=1",
              "--add-modules=jdk.incubator.vector",
              "--enable-native-access=ALL-UNNAMED"));
  private final List<Consumer<Map<String, String>>> variables = new ArrayList<>();

  private @Nullable Path workingFolder;
  private String classPath = System.getProperty("java.class.path");

  /** What a program came to; {@code err} lacks the JVM's notice of its incubator module. */
  public record Run(int status, String out, String err) {}

  /**
   * Inherits the environment.
   *
   * @param folder where files for the program's output go
   */
  public ChildJvm(Path folder) {
    this.folder = folder;
  }

  /** Adds options of the JVM; of two that contradict, the last wins. */
  public ChildJvm with(String... more) {
    options.addAll(List.of(more));
    return this;
  }

  /** Starts it in another folder than this JVM's. */
  public ChildJvm startedIn(Path workingFolder) {
    this.workingFolder = workingFolder;
    return this;
  }

  /** Finds classes and services in a folder, too. */
  public ChildJvm finding(Path more) {
    classPath = more + File.pathSeparator + classPath;
    return this;
  }

  /** Sets a variable. */
  public ChildJvm set(String name, String value) {
    variables.add(all -> all.put(name, value));
    return this;
  }

  /** Takes all variables away but the one that names the encoding of paths. */
  public ChildJvm withoutVariables() {
    variables.add(Map::clear);
    variables.add(InheritedEncoding::into);
    return this;
  }

  /** Starts the main method of a class. */
  public Process start(Class<?> main, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath, main.getName()));
    command.addAll(arguments);
    ProcessBuilder process =
        new ProcessBuilder(command).redirectOutput(file("out")).redirectError(file("err"));
    if (workingFolder != null) {
      process.directory(workingFolder.toFile());
    }
    variables.forEach(each -> each.accept(process.environment()));
    return process.start();
  }

  /** Runs the main method of a class to its end. */
  public Run run(Class<?> main, List<String> arguments) throws IOException, InterruptedException {
    int status = start(main, arguments).waitFor();
    return new Run(
        status,
        Files.readString(file("out").toPath(), UTF_8),
        Files.readString(file("err").toPath(), UTF_8)
            .replace("WARNING: Using incubator modules: jdk.incubator.vector\n", ""));
  }

  /** Runs the command line to its end. */
  public Run lockstep(String... arguments) throws IOException, InterruptedException {
    return run(Lockstep.class, List.of(arguments));
  }

  private File file(String name) {
    return folder.resolve(name).toFile();
  }
}
