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
 * Remembers why standard output cannot be written any more. {@link PrintStream} swallows that, and
 * what a command writes to files must not suffer from it.
 */
public final class StandardOutput {

  /** That of a program which the signal SIGPIPE ended: 128 + 13. */
  static final int READER_GONE = 141;

  /** Exit code where some output cannot be written. */
  public static final int UNWRITABLE = 2;

  private static volatile @Nullable IOException failure;

  private StandardOutput() {}

  /** Takes standard output over. Must run before anything is written to it. */
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

  /** Whether something could not be written: nobody will see what else is printed. */
  public static boolean failed() {
    System.out.flush();
    return failure != null;
  }

  /**
   * The code that this process exits with.
   *
   * @param code what it would be if standard output took everything
   */
  public static int exitCode(int code) {
    if (!failed()) {
      return code;
    }
    return readerIsGone() ? READER_GONE : UNWRITABLE;
  }

  /** What to tell the user: nothing if the reader, such as {@code head}, had enough. */
  public static Optional<String> complaint() {
    IOException why = failure;
    if (why == null || readerIsGone()) {
      return Optional.empty();
    }
    return Optional.of(
        "standard output: cannot be written, "
            + (Terminal.isClosed(Terminal.STANDARD_OUTPUT) ? "it is closed" : why.getMessage()));
  }

  /** The message of the failure would not do: it is in the user's language. */
  private static boolean readerIsGone() {
    return Terminal.isBroken(Terminal.STANDARD_OUTPUT);
  }
}
