package dev.lockstep.bench.terminal;

import dev.lockstep.input.Printable;

/**
 * The last line of a terminal, on standard error, replaced in place and removed at the end. The
 * progress bar library's own line moves the cursor up and down and leaves an empty line.
 */
final class TransientLine implements AutoCloseable {

  private int shown;
  private boolean closed;

  /** Opens a line that is also removed if the user interrupts the program. */
  static TransientLine open() {
    TransientLine line = new TransientLine();
    Runtime.getRuntime().addShutdownHook(new Thread(line::close));
    return line;
  }

  /** The longest text that can be shown: a full line would move the cursor to the next one. */
  static int longest() {
    return Terminal.columnsOfStandardError() - 1;
  }

  /** Replaces the text. */
  synchronized void show(String text) {
    if (closed || shown == 0 && text.isBlank()) {
      return;
    }
    String line = Printable.of(text.strip());
    System.err.print("\r" + line + " ".repeat(Math.max(0, shown - line.length())));
    System.err.flush();
    shown = line.length();
  }

  /** Removes the text for good. */
  @Override
  public synchronized void close() {
    closed = true;
    clearAnd(() -> {});
  }

  /** Removes the text and prints permanent lines in its place. */
  synchronized void clearAnd(Runnable printing) {
    if (shown > 0) {
      System.err.print("\r" + " ".repeat(shown) + "\r");
      System.err.flush();
      shown = 0;
    }
    printing.run();
  }
}
