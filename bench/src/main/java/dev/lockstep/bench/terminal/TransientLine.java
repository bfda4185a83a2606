package dev.lockstep.bench.terminal;

import dev.lockstep.input.Printable;

/**
 * A line at the end of what a terminal shows, on standard error, that is replaced in place and
 * leaves nothing behind. The library's own moves the cursor up and down and leaves an empty line.
 */
public final class TransientLine implements AutoCloseable {

  private int shown;
  private boolean closed;

  /** A line that also goes when the user interrupts the program. */
  public static TransientLine open() {
    TransientLine line = new TransientLine();
    Runtime.getRuntime().addShutdownHook(new Thread(line::close));
    return line;
  }

  /** The longest text that can be shown: a full line would move on to the next. */
  public static int longest() {
    return Terminal.columnsOfStandardError() - 1;
  }

  /** Shows a text in place of the one before. */
  public synchronized void show(String text) {
    if (closed) {
      return;
    }
    String line = Printable.of(text.strip());
    System.err.print("\r" + line + " ".repeat(Math.max(0, shown - line.length())));
    System.err.flush();
    shown = line.length();
  }

  /** Removes the text; no other will be shown. */
  @Override
  public synchronized void close() {
    closed = true;
    clearAnd(() -> {});
  }

  /** Removes the text while lines of another stream are printed in its place. */
  public synchronized void clearAnd(Runnable printing) {
    if (shown > 0) {
      System.err.print("\r" + " ".repeat(shown) + "\r");
      System.err.flush();
      shown = 0;
    }
    printing.run();
  }
}
