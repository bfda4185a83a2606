package dev.lockstep.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * A copy of the launcher in a folder of its own, on a machine that has nothing but the few tools
 * the launcher needs: no JDK and no Maven except those a test adds.
 */
final class LauncherFixture {

  /** What a run of the launcher left behind. */
  record Run(int status, String out, String err) {}

  private static final Path LAUNCHER = Path.of("lockstep");
  private static final Path BENCH_CLASSES = Path.of("target/classes");
  private static final Path CPU_CLASSES = Path.of("../cpu/target/classes");

  private static final List<String> TOOLS =
      List.of(
          "bash",
          "dirname",
          "find",
          "flock",
          "grep",
          "mkdir",
          "readlink",
          "rm",
          "sh",
          "sleep",
          "tail",
          "touch");

  private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));

  private final Path folder;
  private final Path tools;
  private final Map<String, String> environment = new HashMap<>();

  /** Copies the launcher into {@code folder}, with no jar, no libraries and no sources. */
  LauncherFixture(Path folder) throws IOException {
    this.folder = folder;
    tools = folder.resolve("tools");
    Files.createDirectories(folder.resolve("project/bench"));
    Files.copy(LAUNCHER, launcher());
    for (String tool : TOOLS) {
      for (Path installed : List.of(Path.of("/bin", tool), Path.of("/usr/bin", tool))) {
        if (Files.isExecutable(installed)) {
          script(tools.resolve(tool), "exec " + installed + " \"$@\"");
        }
      }
    }
    set("PATH", tools);
    set("LOCKSTEP_SYSTEM_ROOT", Files.createDirectories(folder.resolve("system")));
    set("HOME", folder.resolve("home"));
    set("LOCKSTEP_JDK_FOLDERS", folder.resolve("jdks"));
  }

  Path launcher() {
    return file("bench/lockstep");
  }

  /** A file of the project, by its path from the project's top. */
  Path file(String path) {
    return folder.resolve("project").resolve(path);
  }

  /** Writes a file of those that describe the machine, by its path from the root. */
  LauncherFixture withSystemFile(String path, String text) throws IOException {
    write(folder.resolve("system").resolve(path), text);
    return this;
  }

  /** Adds a program that does nothing. */
  LauncherFixture withTool(String tool) throws IOException {
    script(tools.resolve(tool), "");
    return this;
  }

  boolean hasTool(String tool) {
    return Files.exists(tools.resolve(tool));
  }

  LauncherFixture set(String variable, Object value) {
    environment.put(variable, value.toString());
    return this;
  }

  LauncherFixture unset(String variable) {
    environment.remove(variable);
    return this;
  }

  /** Puts {@code first} before everything else on the PATH. */
  LauncherFixture prependPath(Path first) {
    return set("PATH", first + ":" + environment.get("PATH"));
  }

  /**
   * Puts a program in the place of the real one: its main class is {@code Lockstep} as in {@code
   * source}, and it can use the classes of this module that need no library.
   */
  LauncherFixture withProgram(String source) throws IOException {
    Path file = write(folder.resolve("program/Lockstep.java"), source);
    Path classes = folder.resolve("program/classes");
    Path lib = Files.createDirectories(file("bench/target/lib"));
    use("javac", "-cp", BENCH_CLASSES, "-d", classes, file);
    use("jar", "--create", "--file", file("bench/target/lockstep-bench.jar"), "-C", classes, ".");
    Path rest = lib.resolve("rest.jar");
    use("jar", "--create", "--file", rest, "-C", BENCH_CLASSES, ".", "-C", CPU_CLASSES, "dev");
    return this;
  }

  private static void use(String tool, Object... arguments) {
    String[] line = Stream.of(arguments).map(Object::toString).toArray(String[]::new);
    if (ToolProvider.findFirst(tool).orElseThrow().run(System.out, System.err, line) != 0) {
      throw new IllegalStateException(tool + " " + List.of(line));
    }
  }

  /** Adds sources and what a build makes of them, all of one age. */
  LauncherFixture withBuiltSources() throws IOException {
    write(file("bench/target/lib/lockstep-cpu-1.jar"), "");
    write(file("bench/target/lockstep-bench.jar"), "");
    return withSources();
  }

  /** Adds the sources of the emulated CUDA device, whose build runs {@code commands}. */
  LauncherFixture withDeviceSources(String commands) throws IOException {
    script(file("gpu/emulator/build.sh"), commands);
    write(file("gpu/src/main/cuda/lockstep.cu"), "");
    write(file("gpu/src/test/cuda/emulator.cu"), "");
    for (String old :
        List.of("emulator/build.sh", "emulator", "src/test/cuda", "src/main/cuda", "src/main")) {
      Files.setLastModifiedTime(file("gpu/" + old), LONG_AGO);
    }
    return this;
  }

  LauncherFixture withSources() throws IOException {
    write(file("pom.xml"), "");
    for (String module : List.of("cpu", "bench")) {
      write(file(module + "/pom.xml"), "");
      write(file(module + "/src/main/Source.java"), "");
      Files.setLastModifiedTime(file(module + "/src/main"), LONG_AGO);
    }
    return this;
  }

  /** Adds a JDK whose {@code java} only prints its own path. */
  Path addJdk(String name, String version) throws IOException {
    return addJdk(name, version, "echo \"$0\"");
  }

  Path addJdk(String name, String version, String java) throws IOException {
    Path jdk = folder.resolve("jdks").resolve(name);
    write(jdk.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\n");
    script(jdk.resolve("bin/java"), java);
    script(jdk.resolve("bin/javac"), "");
    return jdk;
  }

  /** Adds a Maven that runs {@code commands} in the project's folder. */
  LauncherFixture withMaven(String commands) throws IOException {
    script(tools.resolve("mvn"), commands);
    return this;
  }

  /** Adds a wrapper of Maven that runs {@code commands} in the project's folder. */
  LauncherFixture withWrapper(String commands) throws IOException {
    script(file("mvnw"), commands);
    write(
        file(".mvn/wrapper/maven-wrapper.properties"),
        """
        distributionUrl=https://a.test/apache-maven-3-bin.zip
        distributionSha256Sum=the-sum-of-the-zip
        tarGzSha256Sum=the-sum-of-the-tar
        """);
    return this;
  }

  LauncherFixture withoutMaven() throws IOException {
    Files.deleteIfExists(tools.resolve("mvn"));
    return this;
  }

  void touchNow(String path) throws IOException {
    Files.setLastModifiedTime(file(path), FileTime.from(Instant.now()));
  }

  static void script(Path file, String commands) throws IOException {
    write(file, "#!/bin/bash\n" + commands + "\n");
    if (!file.toFile().setExecutable(true)) {
      throw new IOException("cannot make " + file + " executable");
    }
  }

  /** Writes a file that was last modified long ago, and makes the folders it lies in. */
  private static Path write(Path file, String text) throws IOException {
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, text);
    return Files.setLastModifiedTime(file, LONG_AGO);
  }

  Run run(String... arguments) throws IOException, InterruptedException {
    return run(launcher(), arguments);
  }

  Run run(Path command, String... arguments) throws IOException, InterruptedException {
    Path out = Files.createTempFile(folder, "out", "");
    Process process = prepare(command, arguments).redirectOutput(out.toFile()).start();
    String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
    return new Run(process.waitFor(), Files.readString(out), err);
  }

  /** The launcher ready to start in a folder that is not the project's. */
  ProcessBuilder prepare(Path command, String... arguments) {
    List<String> line = new ArrayList<>(List.of(command.toString()));
    line.addAll(List.of(arguments));
    ProcessBuilder process = new ProcessBuilder(line).directory(tools.toFile());
    process.environment().clear();
    process.environment().putAll(environment);
    return process;
  }
}
