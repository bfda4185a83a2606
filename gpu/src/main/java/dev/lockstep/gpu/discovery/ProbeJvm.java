package dev.lockstep.gpu.discovery;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.lockstep.machine.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A small JVM for calls to a library of the NVIDIA driver, which may crash or hold up the process
 * that calls it. It leaves neither a report nor a core.
 */
public final class ProbeJvm {

  /**
   * The system property that sets the time limit in seconds, for tests and for machines whose
   * driver takes longer.
   */
  public static final String LIMIT_PROPERTY = "lockstep.cuda.limit";

  /** A machine whose devices all sleep starts one in a second or two. */
  private static final long USUAL_LIMIT = 30;

  /** The start of the predicate for a process that was ended because its time was up. */
  static final String LATE = "did not answer within ";

  private static final int CRASHED = 1;
  private static final int SIGNALS = 128;
  private static final int RLIMIT_CORE = 4;

  private ProbeJvm() {}

  /** How long the driver has for an answer. */
  public static Duration limit() {
    return Duration.ofSeconds(Long.getLong(LIMIT_PROPERTY, USUAL_LIMIT));
  }

  /**
   * The command that runs a program.
   *
   * @param places classes whose archives or folders are its class path
   */
  public static ProcessBuilder command(
      Class<?> program, List<Class<?>> places, List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-Xshare:auto",
                "-XX:-UsePerfData",
                // A crash of the driver leaves neither a report nor a core in the current folder.
                "-XX:+SuppressFatalErrorMessage",
                "-XX:-CreateCoredumpOnCrash",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                places.stream()
                    .map(ProbeJvm::place)
                    .distinct()
                    .map(Path::toString)
                    .collect(Collectors.joining(":")),
                program.getName()));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    Map<String, String> variables = without(builder.environment());
    builder.environment().keySet().retainAll(variables.keySet());
    return builder;
  }

  /** Variables without options for the JVM of the command, a collector for one. */
  static Map<String, String> without(Map<String, String> variables) {
    Map<String, String> others = new HashMap<>(variables);
    others.keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
    return others;
  }

  /** The archive or the folder that a class was loaded from. */
  private static Path place(Class<?> type) {
    CodeSource source = Objects.requireNonNull(type.getProtectionDomain().getCodeSource());
    try {
      return Path.of(source.getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The predicate for a process that ended before its answer. A JVM that is told to write no report
   * ends with {@value #CRASHED} after a crash.
   */
  public static String ending(int status) {
    return status == CRASHED || status > SIGNALS
        ? "crashed"
        : "ended the process with status " + status;
  }

  /** The predicate for a process that was ended because its time was up. */
  public static String late(Duration limit) {
    return LATE + limit.toSeconds() + " s";
  }

  /** Called by a program: a library that ends it by a signal leaves no file in the folder. */
  public static void leaveNoCore() {
    try (Arena arena = Arena.ofConfined()) {
      NativeLibrary.invoke(
          NativeLibrary.ofC("setrlimit", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS)),
          RLIMIT_CORE,
          arena.allocate(JAVA_LONG, 2));
    }
  }
}
