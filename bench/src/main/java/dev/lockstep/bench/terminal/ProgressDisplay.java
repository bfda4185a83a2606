package dev.lockstep.bench.terminal;

import dev.lockstep.input.Printable;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A line on standard error, if that is a terminal, with what is done and the time that is left.
 * Otherwise, with {@code --quiet} and in the first second, nothing is shown.
 *
 * <p>There is one line at a time: a display within another passes its messages to that.
 */
public final class ProgressDisplay implements AutoCloseable {

  /** A display of something whose end is not known. */
  private static final long UNKNOWN = -1;

  private static final AtomicReference<@Nullable ProgressDisplay> SHOWN = new AtomicReference<>();

  private final @Nullable Shown shown;
  private final @Nullable ProgressDisplay outer;

  private record Shown(TransientLine line, ProgressLine text, ProgressBar bar) {}

  private ProgressDisplay(@Nullable Shown shown, @Nullable ProgressDisplay outer) {
    this.shown = shown;
    this.outer = outer;
  }

  /** Opens a display of so much work; nothing is shown for 0. */
  public static ProgressDisplay of(String task, long work) {
    return of(task, 0, work);
  }

  /** Opens a display of work of which a part is done before. */
  public static ProgressDisplay of(String task, long before, long work) {
    ProgressDisplay outer = SHOWN.get();
    if (outer != null || work == 0 || !Output.showsDetails() || !Terminal.isStandardError()) {
      return new ProgressDisplay(null, outer);
    }
    TransientLine line = TransientLine.open();
    ProgressLine text = new ProgressLine();
    ProgressBarBuilder bar =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(work)
            .setUpdateIntervalMillis(200)
            .setRenderer(text)
            .setConsumer(new DelegatingProgressBarConsumer(line::show, TransientLine.longest()));
    if (before > 0) {
      bar.startsFrom(before, Duration.ZERO);
    }
    ProgressDisplay display = new ProgressDisplay(new Shown(line, text, bar.build()), null);
    SHOWN.set(display);
    return display;
  }

  /** Opens a display of work whose end is not known: it shows the time so far. */
  public static ProgressDisplay ofUnknownLength(String task) {
    return of(task, UNKNOWN);
  }

  /** Runs work whose end is not known. */
  public static <T> T during(String task, Supplier<T> work) {
    try (ProgressDisplay _ = ofUnknownLength(task)) {
      return work.get();
    }
  }

  /** Advances by 1. */
  public void step() {
    step(1);
  }

  /** Advances by some work. */
  public void step(long work) {
    if (shown != null) {
      shown.bar().stepBy(work);
    }
  }

  /** Advances to so much completed work. */
  public void stepTo(long work) {
    if (shown != null) {
      shown.bar().stepTo(work);
    }
  }

  /** Tells the time that is left, instead of an estimate from the work so far. */
  public void timeLeft(double seconds) {
    if (shown != null) {
      shown.text().timeLeft(seconds);
    }
  }

  /** Shows the current activity. */
  public void message(String text) {
    if (shown != null) {
      shown.bar().setExtraMessage(Printable.of(text));
    } else if (outer != null) {
      outer.message(text);
    }
  }

  /** Runs an action that prints permanent lines above the line. */
  public void print(Runnable lines) {
    if (shown != null) {
      shown.line().clearAnd(lines);
    } else if (outer != null) {
      outer.print(lines);
    } else {
      lines.run();
    }
  }

  /** Removes the line. */
  @Override
  public void close() {
    if (shown != null) {
      shown.bar().close();
      shown.line().close();
      SHOWN.set(null);
    }
  }
}
