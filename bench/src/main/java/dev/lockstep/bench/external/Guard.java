package dev.lockstep.bench.external;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * A process of the shell that ends a program and removes its folder, when it is told to and also
 * when Lockstep is killed: the end of a pipe tells it. There is no other way in which a program is
 * cleared away, so what is left after {@code kill -9} is what is left every time: nothing.
 *
 * <p>It finds the program's processes, and those that they have started, by a mark in their
 * environment, which children inherit.
 */
final class Guard implements AutoCloseable {

  /** The variable that marks a program's processes. */
  static final String MARK = "LOCKSTEP_PROGRAM";

  private static final String SCRIPT = "guard.sh";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Process shell;

  private Guard(Process shell) {
    this.shell = shell;
  }

  /**
   * Starts to watch over a folder; the program comes after it.
   *
   * @throws IOException if there is no shell
   */
  static Guard start(String mark, Path folder) throws IOException {
    List<String> command = List.of("sh", "-c", script(), SCRIPT, mark, folder.toString());
    try {
      // In a session of its own, a signal to Lockstep's process group does not reach it.
      return start(prefixed("setsid", command));
    } catch (IOException noSuchProgram) {
      return start(command);
    }
  }

  private static Guard start(List<String> command) throws IOException {
    return new Guard(
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start());
  }

  private static List<String> prefixed(String first, List<String> rest) {
    return Stream.concat(Stream.of(first), rest.stream()).toList();
  }

  private static String script() {
    try (InputStream in = Guard.class.getResourceAsStream(SCRIPT)) {
      if (in == null) {
        throw new IllegalStateException("this build lacks " + SCRIPT);
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Tells which process was started, for a machine without /proc. */
  void watch(Process program) throws IOException {
    shell.getOutputStream().write((program.pid() + "\n").getBytes(UTF_8));
    shell.getOutputStream().flush();
  }

  /** Ends what is left of the program and removes its folder. */
  @Override
  public void close() throws IOException {
    shell.getOutputStream().close();
    try {
      if (!shell.waitFor(PATIENCE)) {
        throw new IOException("the program could not be cleared away within " + PATIENCE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
