package dev.lockstep.bench.compare;

import dev.lockstep.bench.results.Case;
import dev.lockstep.bench.statistics.Estimate;
import dev.lockstep.bench.statistics.Family.Judgement;

/**
 * One comparison.
 *
 * @param of what both sides did
 * @param a time of A, in nanoseconds a call
 * @param b time of B
 * @param forks of A and of B
 * @param ratio of B's time to A's
 * @param judgement among all rows
 */
record Row(Case of, Estimate a, Estimate b, Forks forks, Estimate ratio, Judgement judgement) {

  /** How many JVMs each side had. */
  record Forks(int a, int b) {
    @Override
    public String toString() {
      return a == b ? a + (a == 1 ? " fork each" : " forks each") : a + " and " + b + " forks";
    }
  }
}
