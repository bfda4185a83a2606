package dev.lockstep.bench.flags;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The time that a command may take.
 *
 * @param start of the command, by {@link System#nanoTime}
 * @param whole from then on; without one there is no end
 */
public record Budget(long start, Optional<Duration> whole) {

  /** From now on. */
  public static Budget of(@Nullable Duration whole) {
    return new Budget(System.nanoTime(), Optional.ofNullable(whole));
  }

  /** Whether what takes so long would end too late. */
  public boolean passesWithin(double seconds) {
    return spent().toNanos() + seconds * 1e9 > nanoseconds();
  }

  /** True once the given share is spent. Work already started may overrun. */
  public BooleanSupplier until(double share) {
    return () -> spent().toNanos() >= share * nanoseconds();
  }

  private double nanoseconds() {
    return whole.isEmpty() ? Double.POSITIVE_INFINITY : whole.get().toNanos();
  }

  /** Since the start. */
  public Duration spent() {
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** Why nothing more begins. */
  public String reason() {
    return "the budget of " + text(whole.orElse(Duration.ZERO).toSeconds()) + " is used up";
  }

  /** {@code 90 s}, {@code 8 min 20 s}. */
  public static String text(long seconds) {
    return seconds < 120 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
  }
}
