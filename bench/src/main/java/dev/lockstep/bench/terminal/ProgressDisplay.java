package dev.lockstep.bench.terminal;

import dev.lockstep.input.Printable;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * A progress bar on standard error if that is a terminal; otherwise, and with {@code --quiet},
 * nothing is shown.
 */
public final class ProgressDisplay implements AutoCloseable {

  private final @Nullable TransientLine line;
  private final @Nullable ProgressBar bar;

  private ProgressDisplay(@Nullable TransientLine line, @Nullable ProgressBar bar) {
    this.line = line;
    this.bar = bar;
  }

  /** Opens a display of {@code steps} steps; nothing is shown for 0 steps. */
  public static ProgressDisplay of(String task, long steps) {
    if (steps == 0 || !Output.showsDetails() || !Terminal.isStandardError()) {
      return new ProgressDisplay(null, null);
    }
    TransientLine line = TransientLine.open();
    return new ProgressDisplay(
        line,
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(steps)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(200)
            .setConsumer(new DelegatingProgressBarConsumer(line::show, TransientLine.longest()))
            .build());
  }

  /** Advances by one step. */
  public void step() {
    if (bar != null) {
      bar.step();
    }
  }

  /** Advances to a number of completed steps. */
  public void stepTo(long step) {
    if (bar != null) {
      bar.stepTo(step);
    }
  }

  /** Shows the current activity. */
  public void message(String text) {
    if (bar != null) {
      bar.setExtraMessage(Printable.of(text));
    }
  }

  /** Runs an action that prints permanent lines above the bar. */
  public void print(Runnable lines) {
    if (line == null) {
      lines.run();
    } else {
      line.clearAnd(lines);
    }
  }

  /** Removes the bar. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
    if (line != null) {
      line.close();
    }
  }
}
