package dev.lockstep.bench.statistics;

import java.util.Arrays;
import java.util.List;

/**
 * The times of one benchmark in one run.
 *
 * <p>Iterations of one fork (a JVM) share its compiled code, its memory layout and the moment it
 * ran in, so that they are alike; only forks are independent of one another. Whatever is said of
 * these times therefore rests on how the forks differ.
 *
 * @param times one array a fork, one time per operation an iteration, in any one unit; both levels
 *     in the order they ran in. Forks may have unequal numbers of iterations
 */
public record Forks(List<double[]> times) {

  /**
   * Copies the times.
   *
   * @throws IllegalArgumentException if there is no fork, a fork has no iteration, or a time is not
   *     finite and positive
   */
  public Forks {
    if (times.isEmpty()) {
      throw new IllegalArgumentException("no forks");
    }
    times = times.stream().map(double[]::clone).toList();
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

  /** Copies. */
  @Override
  public List<double[]> times() {
    return times.stream().map(double[]::clone).toList();
  }

  /** How many JVMs. */
  public int count() {
    return times.size();
  }

  /** The forks from one to before another, in their order. */
  public Forks range(int from, int to) {
    return new Forks(times.subList(from, to));
  }

  /** Of one fork, not copied. */
  double[] fork(int index) {
    return times.get(index);
  }

  /** The logarithm of each fork's level. */
  double[] logLevels(ForkLevel level) {
    return times().stream().mapToDouble(level::log).toArray();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Forks(List<double[]> otherTimes)
        && Arrays.deepEquals(times.toArray(), otherTimes.toArray());
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(times.toArray());
  }

  @Override
  public String toString() {
    return "Forks" + Arrays.deepToString(times.toArray());
  }
}
