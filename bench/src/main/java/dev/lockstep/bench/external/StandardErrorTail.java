package dev.lockstep.bench.external;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.lockstep.input.Printable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last lines of a program's standard error, in bounded memory. */
final class StandardErrorTail {
  private static final int LINES = 20;
  private static final int LONGEST_LINE = 300;
  private static final Duration A_MOMENT = Duration.ofSeconds(1);

  private final InputStream in;
  private final Thread reader;
  private final Deque<String> lines = new ArrayDeque<>();

  /** Starts a thread that reads the stream to its end. */
  StandardErrorTail(InputStream in) {
    this.in = in;
    reader = Thread.ofPlatform().daemon().name("standard error of a program").start(this::read);
  }

  private void read() {
    try (in) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      byte[] chunk = new byte[1 << 13];
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        for (int i = 0; i < count; i++) {
          if (chunk[i] == '\n') {
            note(line.toString(UTF_8));
            line.reset();
          } else if (line.size() < LONGEST_LINE) {
            line.write(chunk[i]);
          }
        }
      }
      if (line.size() > 0) {
        note(line.toString(UTF_8));
      }
    } catch (IOException e) {
      note("(it could not be read on: " + e.getMessage() + ")");
    }
  }

  /** Adds a line unless it is blank. */
  synchronized void note(String line) {
    if (line.isBlank()) {
      return;
    }
    if (lines.size() == LINES) {
      lines.removeFirst();
    }
    lines.addLast(Printable.of(line.replace("\t", "  ")));
  }

  /** The last lines, after the program has ended. */
  List<String> lastLines() {
    try {
      // Only briefly, because a child of the program may hold the pipe open.
      var _ = reader.join(A_MOMENT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    synchronized (this) {
      return List.copyOf(lines);
    }
  }
}
