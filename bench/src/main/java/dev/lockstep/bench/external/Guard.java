package dev.lockstep.bench.external;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * A shell process that ends a program and removes its folder as soon as a pipe from Lockstep
 * closes: on {@link #close} and also if Lockstep is killed. Since nothing else cleans up, {@code
 * kill -9} leaves no more behind than a regular end.
 *
 * <p>It finds the program's processes and their children by a mark in their environment, which
 * children inherit.
 */
final class Guard implements AutoCloseable {

  /** The environment variable that marks a program's processes. */
  static final String MARK = "LOCKSTEP_PROGRAM";

  private static final String SCRIPT = "guard.sh";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Process shell;

  private Guard(Process shell) {
    this.shell = shell;
  }

  /**
   * Starts a guard, before the program itself.
   *
   * @param folder the program's private folder
   * @throws IOException if there is no shell
   */
  static Guard start(String mark, Path folder) throws IOException {
    String script = new String(ShippedAdapter.content(SCRIPT), UTF_8);
    List<String> command = List.of("sh", "-c", script, SCRIPT, mark, folder.toString());
    try {
      // In a session of its own, signals to Lockstep's process group do not reach it.
      return start(Stream.concat(Stream.of("setsid"), command.stream()).toList());
    } catch (IOException noSetsid) {
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

  /** Passes the program's process id, for machines without /proc. */
  void watch(Process program) throws IOException {
    shell.getOutputStream().write((program.pid() + "\n").getBytes(UTF_8));
    shell.getOutputStream().flush();
  }

  /** Ends the program and its children and removes its folder. */
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
