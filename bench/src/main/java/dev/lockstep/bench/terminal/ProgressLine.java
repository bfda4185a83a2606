package dev.lockstep.bench.terminal;

import dev.lockstep.bench.flags.Budget;
import java.util.Locale;
import java.util.OptionalDouble;
import me.tongfei.progressbar.ProgressBarRenderer;
import me.tongfei.progressbar.ProgressState;

/** The text of a {@link ProgressDisplay}: {@code check 37% [=== ] about 34 s left w33-b7}. */
final class ProgressLine implements ProgressBarRenderer {

  /** What takes less than this is not shown. */
  private static final double FIRST_SECONDS = 1;

  private static final int BAR = 20;

  /** Shorter lines have no bar. */
  private static final int FEWEST_COLUMNS_WITH_BAR = 60;

  private volatile Forecast forecast = new Forecast(Double.NaN, 0);

  /** The seconds left at a time by {@link System#nanoTime}; NaN if nobody knows. */
  private record Forecast(double seconds, long when) {}

  void timeLeft(double seconds) {
    forecast = new Forecast(seconds, System.nanoTime());
  }

  @Override
  public String render(ProgressState state, int longest) {
    Forecast last = forecast;
    double sinceForecast = (System.nanoTime() - last.when()) * 1e-9;
    return text(
        state.getTaskName(),
        state.isIndefinite()
            ? Work.UNKNOWN
            : new Work(state.getStart(), state.getCurrent(), state.getMax()),
        state.getElapsedAfterStart().toNanos() * 1e-9,
        Double.isNaN(last.seconds())
            ? OptionalDouble.empty()
            : OptionalDouble.of(Math.max(0, last.seconds() - sinceForecast)),
        state.getExtraMessage(),
        longest);
  }

  /**
   * Work.
   *
   * @param before what was done before the time began
   * @param done what is done now
   * @param all what is to be done
   */
  record Work(long before, long done, long all) {

    static final Work UNKNOWN = new Work(0, 0, 0);

    boolean isKnown() {
      return all > 0;
    }

    /** Returns the time that is left if the rest goes on as what is done did. */
    OptionalDouble left(double seconds) {
      long since = done - before;
      return since > 0
          ? OptionalDouble.of(seconds / since * Math.max(0, all - done))
          : OptionalDouble.empty();
    }
  }

  /**
   * Returns a line of at most {@code longest} characters.
   *
   * @param seconds since the work began
   * @param forecast the seconds that are left, if they are known
   */
  static String text(
      String task,
      Work work,
      double seconds,
      OptionalDouble forecast,
      String message,
      int longest) {
    if (seconds < FIRST_SECONDS) {
      return "";
    }
    OptionalDouble left = forecast.isPresent() ? forecast : work.left(seconds);
    String time =
        left.isPresent()
            ? "about " + Budget.text(Math.round(left.getAsDouble())) + " left"
            : Budget.text(Math.round(seconds)) + " so far";
    String line =
        task
            + " "
            + (work.isKnown() ? share(work, longest) : "")
            + " "
            + time
            + (message.isEmpty() ? "" : "  " + message);
    return line.length() <= longest ? line : line.substring(0, Math.max(0, longest));
  }

  private static String share(Work work, int longest) {
    double share = Math.clamp((double) work.done() / work.all(), 0, 1);
    int full = (int) (share * BAR);
    String percent = String.format(Locale.ROOT, "%3d%%", (int) (100 * share));
    return longest < FEWEST_COLUMNS_WITH_BAR
        ? percent
        : percent + " [" + "=".repeat(full) + " ".repeat(BAR - full) + "]";
  }
}
