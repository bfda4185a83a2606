package dev.lockstep.bench.statistics;

import java.util.Optional;

/** What samples say of a positive quantity: a typical time, or the ratio of two. */
public sealed interface Estimate permits Unbounded, Student, HierarchicalBootstrap, SignedRanks {

  /** How an interval came about. */
  enum Method {
    /** No interval: the samples do not tell how they vary. */
    NONE("no interval"),
    /** Student's t on the logarithms of the forks' levels; Welch's form for a ratio. */
    STUDENT("t"),
    /** Forks drawn with replacement, then iterations within each; studentised. */
    HIERARCHICAL_BOOTSTRAP("bootstrap"),
    /** Student's t on the logarithms of the ratios in blocks. */
    PAIRED_STUDENT("paired t"),
    /** Hodges and Lehmann's estimate, with the interval of Wilcoxon's signed-rank test. */
    SIGNED_RANKS("signed ranks");

    private final String label;

    Method(String label) {
      this.label = label;
    }

    /** A word or two for a table. */
    public String label() {
      return label;
    }
  }

  /** The point estimate. */
  double value();

  /**
   * The interval that contains the true value with at least about this probability.
   *
   * @param confidence such as 0.95
   * @return empty if the samples do not suffice for it, as one fork does not for any
   */
  Optional<Interval> interval(double confidence);

  /**
   * The two-sided p-value of the hypothesis that the true value is this one: with {@link #interval}
   * both ways of looking at one test, so that a value outside of the interval of confidence c has a
   * p-value of at most about 1 - c.
   *
   * @return 1 where there is no interval
   */
  double pValue(double hypothesis);

  /** How the interval came about. */
  Method method();
}
