package dev.lockstep.bench.statistics;

import java.util.Arrays;
import java.util.Optional;
import org.apache.commons.statistics.descriptive.Median;
import org.apache.commons.statistics.inference.PValueMethod;
import org.apache.commons.statistics.inference.WilcoxonSignedRankTest;

/**
 * Hodges and Lehmann's estimate of the centre of a symmetric distribution: the median of the means
 * of all pairs of values, each value with itself included. The interval is that of Wilcoxon's
 * signed-rank test, from the k-th smallest to the k-th largest of these means. It is exact for any
 * symmetric distribution and robust against a few outlying blocks (M. Hollander, D. A. Wolfe, E.
 * Chicken, Nonparametric Statistical Methods, 3rd ed., sections 3.1 to 3.3).
 */
final class SignedRanks implements Estimate {

  private static final WilcoxonSignedRankTest EXACT =
      WilcoxonSignedRankTest.withDefaults().with(PValueMethod.EXACT);

  private final double[] logs;

  /** Means of all pairs, ascending. */
  private final double[] pairMeans;

  private SignedRanks(double[] logs) {
    this.logs = logs;
    pairMeans = new double[logs.length * (logs.length + 1) / 2];
    int next = 0;
    for (int i = 0; i < logs.length; i++) {
      for (int j = i; j < logs.length; j++) {
        pairMeans[next++] = i == j ? logs[i] : (logs[i] + logs[j]) / 2;
      }
    }
    Arrays.sort(pairMeans);
  }

  /** Estimates the centre of the values with these logarithms. */
  static Estimate of(double[] logs) {
    SignedRanks ranks = new SignedRanks(logs.clone());
    boolean differ = ranks.pairMeans[0] < ranks.pairMeans[ranks.pairMeans.length - 1];
    return differ ? ranks : new Unbounded(Math.exp(logs[0]));
  }

  /**
   * The smallest two-sided p-value that n values can have, 2^(1-n). Intervals of a confidence above
   * 1 - 2^(1-n) are unbounded.
   */
  static double leastPValue(int n) {
    return Math.scalb(1.0, 1 - n);
  }

  @Override
  public double value() {
    return Math.exp(Median.withDefaults().withCopy(true).evaluate(pairMeans));
  }

  @Override
  public Optional<Interval> interval(double confidence) {
    int k = rank(logs.length, (1 - confidence) / 2);
    return k == 0
        ? Optional.empty()
        : Optional.of(Interval.ofLogs(pairMeans[k - 1], pairMeans[pairMeans.length - k]));
  }

  /**
   * The largest k such that, for a centre of 0, the sum of the positive ranks is less than k with
   * at most the given probability.
   */
  static int rank(int n, double probability) {
    // shares[s] is the share of the 2^n subsets of the ranks 1 to n with the sum s.
    double[] shares = new double[n * (n + 1) / 2 + 1];
    shares[0] = 1;
    for (int rank = 1; rank <= n; rank++) {
      for (int sum = shares.length - 1; sum >= 0; sum--) {
        shares[sum] = (shares[sum] + (sum >= rank ? shares[sum - rank] : 0)) / 2;
      }
    }
    int k = 0;
    double below = shares[0];
    while (below <= probability) {
      below += shares[++k];
    }
    return k;
  }

  @Override
  public double pValue(double hypothesis) {
    double mu = Math.log(hypothesis);
    return EXACT.withMu(mu).test(logs).getPValue();
  }

  @Override
  public Method method() {
    return Method.SIGNED_RANKS;
  }
}
