package dev.lockstep.bench.statistics;

import java.util.Optional;

/** An estimate, from samples, of a positive quantity: a typical time or the ratio of two times. */
public sealed interface Estimate permits Unbounded, Student, HierarchicalBootstrap, SignedRanks {

  /** The method that produced an interval. */
  enum Method {
    /** No interval: the samples do not show how much they vary. */
    NONE("no interval"),
    /** Student's t on the logarithms of fork levels; Welch's form for a ratio. */
    STUDENT("t"),
    /** The same with a variance that is drawn towards those of the run's other benchmarks. */
    MODERATED("moderated t"),
    /** Studentised bootstrap: forks drawn with replacement, then iterations within each fork. */
    HIERARCHICAL_BOOTSTRAP("bootstrap"),
    /** Student's t on the logarithms of the blocks' ratios. */
    PAIRED_STUDENT("paired t"),
    /** The same with a variance that is drawn towards those of the run's other ratios. */
    PAIRED_MODERATED("moderated paired t"),
    /** Hodges and Lehmann's estimate, with the interval of Wilcoxon's signed-rank test. */
    SIGNED_RANKS("signed ranks");

    private final String label;

    Method(String label) {
      this.label = label;
    }

    /** A short name for tables. */
    public String label() {
      return label;
    }
  }

  /** The point estimate. */
  double value();

  /**
   * The confidence interval: it contains the true value with approximately this probability or
   * more.
   *
   * @param confidence such as 0.95
   * @return empty if there are too few samples, as with a single fork
   */
  Optional<Interval> interval(double confidence);

  /**
   * The two-sided p-value of the hypothesis that the true value is {@code hypothesis}. It belongs
   * to the same test as {@link #interval}: a value outside the interval of confidence c has a
   * p-value of at most about 1 - c.
   *
   * @return 1 if there is no interval
   */
  double pValue(double hypothesis);

  /** The method that produced the interval. */
  Method method();
}
