package dev.lockstep.bench.results;

import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import java.util.List;

/**
 * How a run measures, beside its cases: all that a resumed run takes from its folder.
 *
 * @param device ordinal of the CUDA device
 * @param arms the axis whose two values are compared side by side; empty if there is none
 * @param warmUps warm-up iterations of a fork
 * @param iterations measured iterations of a fork
 * @param iterationMs minimum milliseconds of an iteration
 * @param fewestForks minimum number of forks of a case
 * @param mostForks maximum number of forks of a case
 * @param within target precision: half the width of the 95% interval, relative to the median
 */
public record RunPlan(
    int device,
    String arms,
    int warmUps,
    int iterations,
    long iterationMs,
    int fewestForks,
    int mostForks,
    double within) {

  /** The most forks of a case. */
  public static final int MOST_FORKS = 999;

  /** The most iterations of a fork. */
  static final int MOST_ITERATIONS = Limits.ITERATIONS.count();

  private static final long LONGEST_ITERATION_MS = 3_600_000;

  /**
   * Checks what a file says.
   *
   * @param axes the axes that may be {@link #arms}
   * @throws InputException naming the file, the field and the value
   */
  void require(String source, List<String> axes) {
    number(source, "device", device, 0, Limits.DEVICE.count());
    if (!arms.isEmpty() && !axes.contains(arms)) {
      throw new InputException(
          source, "arms", arms, "expected " + String.join(" or ", axes) + " or nothing");
    }
    number(source, "warm-ups", warmUps, 0, MOST_ITERATIONS);
    number(source, "iterations", iterations, 1, MOST_ITERATIONS);
    number(source, "iteration-ms", iterationMs, 1, LONGEST_ITERATION_MS);
    number(source, "fewest-forks", fewestForks, 1, MOST_FORKS);
    number(source, "most-forks", mostForks, fewestForks, MOST_FORKS);
    if (!(within > 0 && within < 1)) {
      throw new InputException(source, "within", within, "expected a share between 0 and 1");
    }
  }

  private static void number(String source, String field, long value, long least, long most) {
    if (value < least || value > most) {
      throw new InputException(source, field, value, "expected " + least + " to " + most);
    }
  }
}
