package dev.lockstep.bench.terminal;

import java.util.List;
import java.util.Optional;

/**
 * Lines that are redrawn in place, below everything else on standard output. The cursor is hidden
 * until the animation is closed or the user interrupts the program; the last lines stay.
 */
public final class Animation implements AutoCloseable {

  private static final String HIDE_CURSOR = "\u001b[?25l";
  private static final String SHOW_CURSOR = "\u001b[?25h";
  private static final String ERASE_BELOW = "\u001b[J";

  /** How long lines stay at least, so that they can be seen. */
  private static final long SHORTEST_NANOS = 100_000_000;

  private int shown;
  private long since = System.nanoTime() - SHORTEST_NANOS;
  private boolean closed;

  private Animation() {}

  /** Returns why nothing can be redrawn on standard output; empty if it can. */
  public static Optional<String> obstacle() {
    if (!Output.showsDetails()) {
      return Optional.of("--quiet leaves it out");
    }
    if (!Terminal.isTerminal(Terminal.STANDARD_OUTPUT)) {
      return Optional.of("standard output is no terminal");
    }
    return Terminal.isDumb()
        ? Optional.of("TERM says that this terminal cannot move its cursor")
        : Optional.empty();
  }

  /** Opens an animation without lines. */
  public static Animation open() {
    Animation animation = new Animation();
    Runtime.getRuntime().addShutdownHook(new Thread(animation::close));
    animation.write(HIDE_CURSOR);
    return animation;
  }

  /** The most characters of a line; longer ones would take two lines, which are miscounted. */
  public int columns() {
    return Math.min(Terminal.columns(), Terminal.actualColumns()) - 1;
  }

  /** The most lines. */
  public int rows() {
    return Terminal.rows() - 1;
  }

  /**
   * Replaces all lines.
   *
   * @param lines at most {@link #rows}, none with more than {@link #columns} visible characters
   */
  public void draw(List<String> lines) {
    await();
    synchronized (this) {
      if (!closed) {
        write(erasing() + String.join("\n", lines) + "\n");
        shown = lines.size();
        since = System.nanoTime();
      }
    }
  }

  /** Runs an action that prints permanent lines above, until the next {@link #draw}. */
  public synchronized void above(Runnable printing) {
    write(erasing());
    shown = 0;
    printing.run();
  }

  private String erasing() {
    return shown == 0 ? "" : "\u001b[" + shown + "A\r" + ERASE_BELOW;
  }

  private void await() {
    long left = since + SHORTEST_NANOS - System.nanoTime();
    try {
      Thread.sleep(Math.max(0, left / 1_000_000));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      write(SHOW_CURSOR);
    }
  }

  private void write(String text) {
    System.out.print(text);
    System.out.flush();
  }
}
