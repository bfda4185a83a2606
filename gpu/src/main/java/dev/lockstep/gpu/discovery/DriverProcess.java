package dev.lockstep.gpu.discovery;

import dev.lockstep.machine.NativeLibrary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Runs a {@link DriverProbe} in a small JVM of its own, within a time limit, and reads what it
 * reports. Whatever the driver does to that process, this one goes on and no file is left.
 */
final class DriverProcess {

  /**
   * The system property that sets the time limit in seconds, for tests and for machines whose
   * driver takes longer.
   */
  static final String LIMIT_PROPERTY = "lockstep.cuda.limit";

  /** A machine whose devices all sleep starts one in a second or two. */
  private static final long USUAL_LIMIT = 30;

  /** The kernels are compiled, which takes a slow processor a while. */
  private static final int OPENING = 3;

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** The start of the predicate for a process that was ended because its time was up. */
  static final String LATE = "did not answer within ";

  private static final int CRASHED = 1;
  private static final int SIGNALS = 128;

  private DriverProcess() {}

  /** Asks the driver for its devices; gives the lines of a {@link DriverTranscript}. */
  static List<String> look(Map<String, String> variables) {
    return run(variables, limit(), List.of());
  }

  /** Has a context made on a device, and the kernels compiled. */
  static List<String> open(Map<String, String> variables, int device) {
    return run(variables, limit().multipliedBy(OPENING), List.of(String.valueOf(device)));
  }

  private static Duration limit() {
    return Duration.ofSeconds(Long.getLong(LIMIT_PROPERTY, USUAL_LIMIT));
  }

  private static List<String> run(
      Map<String, String> variables, Duration limit, List<String> arguments) {
    String mark = UUID.randomUUID().toString();
    Process process;
    try {
      process = start(variables, mark, arguments);
    } catch (IOException e) {
      return DriverTranscript.completed(
          List.of(), "cannot be asked, because no process starts (" + e.getMessage() + ")");
    }
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    // A thread of its own: what the driver has started may hold the pipe open after the end.
    Thread reader = Thread.ofPlatform().daemon().start(() -> drain(process, output));
    try {
      boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (ended) {
        reader.join(PATIENCE);
      }
      return DriverTranscript.completed(
          marked(output, mark),
          ended ? ending(process.exitValue()) : LATE + limit.toSeconds() + " s");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return DriverTranscript.completed(marked(output, mark), "was interrupted");
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** The JVM that is told to write no report ends with {@value #CRASHED} after a crash. */
  private static String ending(int status) {
    return status == CRASHED || status > SIGNALS
        ? "crashed"
        : "ended the process with status " + status;
  }

  private static Process start(Map<String, String> variables, String mark, List<String> arguments)
      throws IOException {
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
                place(DriverProbe.class) + ":" + place(NativeLibrary.class),
                DriverProbe.class.getName(),
                mark));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().clear();
    builder.environment().putAll(variables);
    // Options for the JVM of the command, a collector for one, are none for this one.
    builder
        .environment()
        .keySet()
        .removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
    return builder.start();
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

  private static void drain(Process process, ByteArrayOutputStream output) {
    try (InputStream stream = process.getInputStream()) {
      byte[] piece = new byte[8192];
      for (int n = stream.read(piece); n >= 0; n = stream.read(piece)) {
        synchronized (output) {
          if (output.size() > DriverTranscript.LONGEST) {
            process.destroyForcibly();
            return;
          }
          output.write(piece, 0, n);
        }
      }
    } catch (IOException e) {
      // The process was ended. What it had said by then is kept.
    }
  }

  private static List<String> marked(ByteArrayOutputStream output, String mark) {
    String text;
    synchronized (output) {
      text = output.toString(StandardCharsets.ISO_8859_1);
    }
    List<String> lines = new ArrayList<>();
    for (int at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
      int end = text.indexOf('\n', at);
      if (end > at) {
        lines.add(text.substring(at + mark.length() + 1, end));
      }
    }
    return lines;
  }
}
