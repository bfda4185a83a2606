package dev.lockstep.bench.terminal;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Records the first failure to write to standard output. {@link PrintStream} swallows such
 * failures, and a command must still write its files.
 */
public final class StandardOutput {

  /** The exit code of a program ended by the signal SIGPIPE: 128 + 13. */
  static final int READER_GONE = 141;

  /** The exit code if some output cannot be written. */
  public static final int UNWRITABLE = 2;

  private static volatile @Nullable IOException failure;

  private StandardOutput() {}

  /** Replaces {@link System#out}. Must run before anything is written to it. */
  public static void guard() {
    System.setOut(
        new PrintStream(
            new BufferedOutputStream(new Remembering(new FileOutputStream(FileDescriptor.out))),
            true,
            System.out.charset()));
  }

  private static final class Remembering extends OutputStream {
    private final OutputStream out;

    Remembering(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      if (failure == null) {
        try {
          out.write(bytes, offset, length);
        } catch (IOException e) {
          failure = e;
        }
      }
    }
  }

  /** Whether a write has failed, so that further output is lost. */
  public static boolean failed() {
    System.out.flush();
    return failure != null;
  }

  /**
   * The exit code of this process.
   *
   * @param code the exit code if all output was written
   */
  public static int exitCode(int code) {
    if (!failed()) {
      return code;
    }
    return readerIsGone() ? READER_GONE : UNWRITABLE;
  }

  /** The message about a failure; empty if the reader, such as {@code head}, closed the pipe. */
  public static Optional<String> complaint() {
    IOException why = failure;
    if (why == null || readerIsGone()) {
      return Optional.empty();
    }
    return Optional.of(
        "standard output: cannot be written, "
            + (Terminal.isClosed(Terminal.STANDARD_OUTPUT) ? "it is closed" : why.getMessage()));
  }

  /** Asks the system, because the failure's message is in the user's language. */
  private static boolean readerIsGone() {
    return Terminal.isBroken(Terminal.STANDARD_OUTPUT);
  }
}
