package dev.lockstep.bench.external;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A running program with its private folder, which answers each line with a line. A {@link Guard}
 * ends the program and removes the folder, whatever happens to Lockstep.
 *
 * <p>The program is not trusted: the length of a line and the time for an answer are limited, and a
 * fault ends the program. Not thread-safe.
 */
final class ProgramProcess implements Peer {

  /** The longest line in bytes, far more than the losses of the steps of one request. */
  private static final int LONGEST_LINE = 1 << 22;

  /** The time for a program to end after it was told to or closed its pipes. */
  private static final Duration A_MOMENT = Duration.ofSeconds(2);

  private final String name;
  private final Path folder;
  private final Guard guard;
  private final Process process;
  private final StandardErrorTail standardError;
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>(4);
  private final Thread shutdown = new Thread(this::end, "end of a program");
  private final Thread reader;
  private boolean ended;

  /** An event on the program's standard output. */
  private sealed interface Event {
    record Line(String text) implements Event {}

    record TooLong() implements Event {}

    record End() implements Event {}
  }

  private ProgramProcess(String name, Path folder, Guard guard, Process process) {
    this.name = name;
    this.folder = folder;
    this.guard = guard;
    this.process = process;
    standardError = new StandardErrorTail(process.getErrorStream());
    reader = Thread.ofPlatform().daemon().name("output of " + name).start(this::read);
    Runtime.getRuntime().addShutdownHook(shutdown);
  }

  /** A command line, which may depend on the program's private folder. */
  @FunctionalInterface
  interface CommandLine {
    List<String> in(Path folder) throws IOException;
  }

  /**
   * Starts a program.
   *
   * @param name the program's name in messages
   * @throws IOException if the program cannot be started; nothing is left behind
   */
  static ProgramProcess start(String name, CommandLine commandLine) throws IOException {
    // Folder and mark contain Lockstep's process id, so that their owner can be found.
    String host = ProcessHandle.current().pid() + "-";
    Path folder = Files.createTempDirectory("lockstep-program-" + host);
    String mark = host + UUID.randomUUID();
    Guard guard = Guard.start(mark, folder);
    try {
      ProcessBuilder builder = new ProcessBuilder(commandLine.in(folder));
      builder.environment().put(Guard.MARK, mark);
      Process process = builder.start();
      guard.watch(process);
      return new ProgramProcess(name, folder, guard, process);
    } catch (IOException | RuntimeException e) {
      guard.close();
      throw e;
    }
  }

  @Override
  public Path folder() {
    return folder;
  }

  @Override
  public String exchange(String line, String request, Duration limit) {
    // On another thread, because a write blocks while the program does not read.
    Thread.startVirtualThread(() -> write(line));
    Event event;
    try {
      event = events.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw fault("was interrupted during " + request);
    }
    return switch (event) {
      case Event.Line(String text) -> text;
      case Event.TooLong() ->
          throw fault(
              "answered " + request + " with a line of more than " + LONGEST_LINE + " bytes");
      case Event.End() -> throw fault("ended during " + request + status());
      case null ->
          throw fault("did not answer " + request + " within " + limit.toMillis() / 1000.0 + " s");
    };
  }

  private void write(String line) {
    OutputStream out = process.getOutputStream();
    try {
      out.write((line + "\n").getBytes(UTF_8));
      out.flush();
    } catch (IOException e) {
      // The program no longer reads; the wait for its answer reports how it ended.
      standardError.note("Lockstep could not write to it: " + e.getMessage());
    }
  }

  private String status() {
    try {
      return process.waitFor(A_MOMENT)
          ? ", with exit code " + process.exitValue()
          : ": it closed its standard output";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  @Override
  public ProgramFault fault(String sentence) {
    process.destroyForcibly();
    List<String> tail = standardError.lastLines();
    end();
    return new ProgramFault(name, sentence, tail);
  }

  private void read() {
    try (InputStream in = process.getInputStream()) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      byte[] chunk = new byte[1 << 16];
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        int from = 0;
        for (int i = 0; i < count; i++) {
          if (chunk[i] == '\n') {
            line.write(chunk, from, i - from);
            from = i + 1;
            events.put(new Event.Line(line.toString(UTF_8)));
            line.reset();
          }
        }
        line.write(chunk, from, count - from);
        if (line.size() > LONGEST_LINE) {
          events.put(new Event.TooLong());
          return;
        }
      }
      events.put(new Event.End());
    } catch (IOException endOfAProcess) {
      // Thrown if the process is destroyed during a read.
      var _ = events.offer(new Event.End());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for a program that was told to end, then ends it and removes its folder. */
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      var _ = process.waitFor(A_MOMENT);
    } catch (IOException alreadyGone) {
      standardError.note("its standard input was closed already");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    end();
  }

  private synchronized void end() {
    if (ended) {
      return;
    }
    ended = true;
    process.destroyForcibly();
    reader.interrupt();
    try {
      guard.close();
    } catch (IOException e) {
      throw new ProgramFault(name, "is not cleared away: " + e.getMessage(), List.of());
    } finally {
      forget(shutdown);
    }
  }

  private static void forget(@Nullable Thread hook) {
    if (Thread.currentThread() == hook) {
      return;
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      // The hook is already running.
    }
  }
}
