package dev.lockstep.gpu.discovery;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks another program something: runs it and reads its output. */
final class Command {

  private Command() {}

  /** The program's answer. */
  sealed interface Answer {

    /**
     * The program ended with status 0.
     *
     * @param text its standard output
     */
    record Said(String text) implements Answer {}

    /**
     * The program gave no answer.
     *
     * @param predicate why, such as "did not answer within 5 s"
     */
    record None(String predicate) implements Answer {}
  }

  /**
   * Runs a program without input and drops its standard error. When this returns, the program and
   * the processes it started have been ended.
   *
   * @param limit the time for the answer, and again for the end of the program
   */
  static Answer ask(List<String> command, Duration limit) {
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      return new Answer.None("cannot be started (" + e.getMessage() + ")");
    }
    CompletableFuture<byte[]> output = new CompletableFuture<>();
    // A thread of its own: what the program has started may hold the pipe open after its end.
    Thread.ofPlatform().daemon().name(command.getFirst()).start(() -> drain(process, output));
    try {
      byte[] bytes = output.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      if (!process.waitFor(limit)) {
        return new Answer.None("did not end within " + limit.toSeconds() + " s");
      }
      return process.exitValue() == 0
          ? new Answer.Said(new String(bytes, nativeEncoding()))
          : new Answer.None("ended with status " + process.exitValue());
    } catch (TimeoutException e) {
      return new Answer.None("did not answer within " + limit.toSeconds() + " s");
    } catch (ExecutionException e) {
      return new Answer.None("cannot be read (" + e.getCause() + ")");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer.None("was interrupted");
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static void drain(Process process, CompletableFuture<byte[]> output) {
    try (InputStream stream = process.getInputStream()) {
      output.complete(stream.readAllBytes());
    } catch (IOException e) {
      output.completeExceptionally(new UncheckedIOException(e));
    }
  }

  /** The encoding of file names; the programs asked here print file names. */
  private static Charset nativeEncoding() {
    return Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
  }
}
