package dev.lockstep.bench.compare;

import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.statistics.Estimate;
import dev.lockstep.bench.statistics.Family.Judgement;

/**
 * One comparison.
 *
 * @param of the case that both sides measured
 * @param a time of A in nanoseconds per call
 * @param b time of B in nanoseconds per call
 * @param forks the numbers of forks
 * @param ratio time of B over time of A
 * @param judgement the verdict, with p-values adjusted for all rows
 * @param beyond whether B is slower by more than the limit
 */
record Row(
    Case of,
    Estimate a,
    Estimate b,
    Forks forks,
    Estimate ratio,
    Judgement judgement,
    Beyond beyond) {

  /** Whether B is slower by more than the limit of {@code --fail-if-slower}. */
  enum Beyond {
    /** The ratio is within the limit, or there is none. */
    NO,
    /** The ratio is beyond the limit, but the forks neither show nor rule out that the time is. */
    UNDECIDED,
    /** The forks show it. */
    SHOWN
  }

  /** The number of forks (JVMs) of each side. */
  record Forks(int a, int b) {
    @Override
    public String toString() {
      return a == b ? a + (a == 1 ? " fork each" : " forks each") : a + " and " + b + " forks";
    }
  }
}
