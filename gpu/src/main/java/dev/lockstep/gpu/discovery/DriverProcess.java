package dev.lockstep.gpu.discovery;

import dev.lockstep.machine.NativeLibrary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Runs a {@link DriverProbe} in a small JVM of its own, within a time limit, and reads what it
 * reports. Whatever the driver does to that process, this one goes on and no file is left.
 */
final class DriverProcess {

  /** The kernels are compiled, which takes a slow processor a while. */
  private static final int OPENING = 3;

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private DriverProcess() {}

  /** Asks the driver for its devices; gives the lines of a {@link DriverTranscript}. */
  static List<String> look(Map<String, String> variables) {
    return run(variables, ProbeJvm.limit(), List.of());
  }

  /** Has a context made on a device, and the kernels compiled. */
  static List<String> open(Map<String, String> variables, int device) {
    return run(variables, ProbeJvm.limit().multipliedBy(OPENING), List.of(String.valueOf(device)));
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
          ended ? ProbeJvm.ending(process.exitValue()) : ProbeJvm.late(limit));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return DriverTranscript.completed(marked(output, mark), "was interrupted");
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static Process start(Map<String, String> variables, String mark, List<String> arguments)
      throws IOException {
    List<String> all = new ArrayList<>(List.of(mark));
    all.addAll(arguments);
    ProcessBuilder builder =
        ProbeJvm.command(DriverProbe.class, List.of(DriverProbe.class, NativeLibrary.class), all);
    builder.environment().clear();
    builder.environment().putAll(ProbeJvm.without(variables));
    return builder.start();
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
