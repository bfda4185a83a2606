package dev.lockstep.gpu.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.model.InheritedEncoding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a program, {@link Probe} for one, in a JVM that sees only the libraries and commands it is
 * given.
 */
public final class ForkedProbe {

  private final Path folder;
  private final List<String> program;
  private final Map<String, String> variables = new HashMap<>();
  private Path temporaryFolder;
  private String nativeAccess = "--enable-native-access=ALL-UNNAMED";
  private int limit = 60;

  /** {@link Probe} in a machine's folder: its home, its temporary files, its commands. */
  public ForkedProbe(Path folder) throws IOException {
    this(folder, List.of(Probe.class.getName(), folder.resolve("local").toString()));
  }

  /** Another program there. */
  public ForkedProbe(Path folder, Class<?> program) throws IOException {
    this(folder, List.of(program.getName()));
  }

  private ForkedProbe(Path folder, List<String> program) throws IOException {
    this.folder = folder;
    this.program = program;
    this.temporaryFolder = Files.createDirectories(folder.resolve("tmp"));
    Files.createDirectories(folder.resolve("home"));
    variables.put("PATH", FakeLibraries.commands(folder).toString());
  }

  /** Sets a variable of its environment, which is empty otherwise. */
  public ForkedProbe with(String variable, Object value) {
    variables.put(variable, value.toString());
    return this;
  }

  /** Has it make temporary files elsewhere. */
  public ForkedProbe temporaryFiles(Path parent) {
    temporaryFolder = parent;
    return this;
  }

  /** Sets the seconds that it gives the driver. */
  ForkedProbe limit(int seconds) {
    limit = seconds;
    return this;
  }

  /** As where the JVM was started by hand. */
  ForkedProbe withoutNativeAccess() {
    nativeAccess = "--add-modules=java.base";
    return this;
  }

  /** Starts it without waiting. */
  public Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "-XX:-UsePerfData",
            "-XX:ErrorFile=" + folder.resolve("crash.log"),
            nativeAccess,
            "-D" + ProbeJvm.LIMIT_PROPERTY + "=" + limit,
            "-Djava.io.tmpdir=" + temporaryFolder,
            "-Duser.home=" + folder.resolve("home"),
            "-cp",
            System.getProperty("java.class.path")));
    command.addAll(program);
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    InheritedEncoding.into(builder.environment());
    builder.environment().putAll(variables);
    return builder.directory(folder.toFile()).start();
  }

  /** Runs it to its end, which must be a good one, and gives what it printed. */
  public String run(String... arguments) throws IOException, InterruptedException {
    return output(start(arguments));
  }

  /** Waits for its end, which must be a good one, and gives what it printed. */
  public static String output(Process process) throws IOException, InterruptedException {
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    return text;
  }
}
