package dev.lockstep.bench.statistics;

import java.util.List;

/**
 * The times of one benchmark in one run.
 *
 * <p>Iterations of one fork (a JVM) share compiled code, memory layout and the state of the
 * machine, so that they are correlated; only forks are independent. All inference therefore rests
 * on the differences between forks.
 */
public final class Forks {

  private final List<double[]> times;

  /**
   * Copies the times.
   *
   * @param times one array per fork, one time per operation for each iteration, all in one unit and
   *     in the order of execution. Forks may differ in their numbers of iterations
   * @throws IllegalArgumentException if there is no fork, a fork has no iteration, or a time is not
   *     finite and positive
   */
  public Forks(List<double[]> times) {
    if (times.isEmpty()) {
      throw new IllegalArgumentException("no forks");
    }
    this.times = times.stream().map(double[]::clone).toList();
    for (int fork = 0; fork < times.size(); fork++) {
      if (times.get(fork).length == 0) {
        throw new IllegalArgumentException("fork " + fork + " has no iterations");
      }
      for (double time : times.get(fork)) {
        if (!(time > 0 && time < Double.POSITIVE_INFINITY)) {
          throw new IllegalArgumentException(
              "fork " + fork + " has the time " + time + ", expected a finite positive one");
        }
      }
    }
  }

  /** A copy of the times. */
  public List<double[]> times() {
    return times.stream().map(double[]::clone).toList();
  }

  /** The number of forks. */
  public int count() {
    return times.size();
  }

  /** The forks with the indices from {@code from} (inclusive) to {@code to} (exclusive). */
  public Forks range(int from, int to) {
    return new Forks(times.subList(from, to));
  }

  /** The times of one fork, not copied. */
  double[] fork(int index) {
    return times.get(index);
  }

  /** The logarithms of the forks' levels, in the order of the forks. */
  double[] logLevels(ForkLevel level) {
    return times().stream().mapToDouble(level::log).toArray();
  }
}
