package dev.lockstep.bench.statistics;

/**
 * What a comparison comes to. The ratio is the subject's time over the baseline's, the floor is a
 * {@link NoiseFloor} d, and <em>no difference</em> means a ratio from 1/(1+d) to 1+d.
 *
 * <p>The rule has two conditions, and both must hold for any verdict but {@link #UNDECIDED}:
 *
 * <ol>
 *   <li>The 95% interval of the ratio lies wholly below 1/(1+d), for FASTER; wholly above 1+d, for
 *       SLOWER; wholly between the two, for SAME (where d was measured and exceeds 5%, between
 *       1/1.05 and 1.05: noise makes nothing the same).
 *   <li>The p-value of the opposite, adjusted for all comparisons made together by Holm's method,
 *       is at most 5%. For FASTER and SLOWER the opposite is that there is no difference; for SAME,
 *       that there is one.
 * </ol>
 *
 * <p>So among all comparisons of a table there is a chance of at most 5% that any ratio within the
 * floor is called FASTER or SLOWER, and one of at most 5% that any ratio beyond it is called SAME.
 * For a single comparison the first condition implies the second.
 */
public enum Verdict {
  /** The subject takes less time than the baseline, by more than the floor. */
  FASTER,
  /** The subject takes more time than the baseline, by more than the floor. */
  SLOWER,
  /** The two differ by no more than the floor. */
  SAME,
  /** The samples do not tell. That is not SAME: more forks may show a difference. */
  UNDECIDED
}
