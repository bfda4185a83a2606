package dev.lockstep.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Takes what this JVM writes to its standard output and error, until it is closed or a test ends.
 */
final class Console implements AfterEachCallback, AutoCloseable {
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final ByteArrayOutputStream complained = new ByteArrayOutputStream();

  Console() {
    System.setOut(new PrintStream(printed, true, UTF_8));
    System.setErr(new PrintStream(complained, true, UTF_8));
  }

  /** All of standard output since the start, or since it was cleared. */
  String printed() {
    return printed.toString(UTF_8);
  }

  /** The same of standard error. */
  String complained() {
    return complained.toString(UTF_8);
  }

  void clear() {
    printed.reset();
    complained.reset();
  }

  @Override
  public void afterEach(ExtensionContext test) {
    close();
  }

  @Override
  public void close() {
    System.setOut(out);
    System.setErr(err);
  }
}
