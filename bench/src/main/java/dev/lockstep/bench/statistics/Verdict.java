package dev.lockstep.bench.statistics;

/**
 * The result of a comparison. The ratio is subject time over baseline time, the floor is a {@link
 * NoiseFloor} d, and <em>no difference</em> means a ratio from 1/(1+d) to 1+d.
 *
 * <p>Every verdict but {@link #UNDECIDED} requires two conditions:
 *
 * <ol>
 *   <li>The 95% interval of the ratio lies entirely below 1/(1+d) for FASTER, above 1+d for SLOWER,
 *       and between the two for SAME. If d was measured and exceeds 5%, SAME uses 1/1.05 and 1.05:
 *       noise is no evidence of sameness.
 *   <li>The p-value of the opposite, adjusted by Holm's method for all comparisons made together,
 *       is at most 5%. The opposite of FASTER and SLOWER is no difference; the opposite of SAME is
 *       a difference.
 * </ol>
 *
 * <p>In a whole table, the probability that any ratio within the floor is called FASTER or SLOWER
 * is thus at most 5%, and so is the probability that any ratio beyond it is called SAME. For a
 * single comparison the first condition implies the second.
 */
public enum Verdict {
  /** The subject takes less time than the baseline, by more than the floor. */
  FASTER,
  /** The subject takes more time than the baseline, by more than the floor. */
  SLOWER,
  /** The two differ by no more than the floor. */
  SAME,
  /** The samples do not decide. This differs from SAME: more forks may show a difference. */
  UNDECIDED
}
