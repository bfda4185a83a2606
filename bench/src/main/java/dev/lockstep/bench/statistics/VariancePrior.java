package dev.lockstep.bench.statistics;

import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.numbers.rootfinder.BrentSolver;
import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.Median;
import org.apache.commons.statistics.descriptive.Quantile;
import org.apache.commons.statistics.descriptive.Variance;

/**
 * The distribution from which the variances of similar benchmarks are taken to be drawn: d0 s0^2
 * over a chi-squared variable with d0 degrees of freedom.
 *
 * <p>It is fitted to sample variances as the R package limma does: by the mean and the variance of
 * their logarithms (G. K. Smyth, Linear Models and Empirical Bayes Methods for Assessing
 * Differential Expression in Microarray Experiments, Stat. Appl. Genet. Mol. Biol. 3 (2004),
 * section 6.2; {@code fitFDist}), and robustly by those after Winsorizing, where benchmarks whose
 * variance is too large for the prior get fewer degrees of freedom of their own (B. Phipson, S.
 * Lee, I. J. Majewski, W. S. Alexander, G. K. Smyth, Robust Hyperparameter Estimation Protects
 * Against Hypervariable Genes, Ann. Appl. Stat. 10 (2016); {@code fitFDistRobustly}).
 *
 * @param scale s0^2
 * @param common d0 of a benchmark that is no outlier; may be infinite
 * @param degreesOfFreedom d0 of each benchmark, at most {@code common}
 */
record VariancePrior(double scale, double common, List<Double> degreesOfFreedom) {

  /** The shares of the logarithms that are moved to their quantile, as in limma. */
  private static final double LOWER_TAIL = 0.05;

  private static final double UPPER_TAIL = 0.1;

  /** Smaller variances, relative to their median, are moved to this. */
  private static final double LEAST = 1e-5;

  private static final double LEAST_IF_ROBUST = 1e-12;

  /** The square of the last bit of a logarithm of a time: no variance is known to be smaller. */
  private static final double ROUNDING = 0x1p-100;

  /** By how many standard errors {@link #cautious} assumes that the variances differ more. */
  private static final double CAUTION = 0.5;

  /** Copies the list. */
  VariancePrior {
    degreesOfFreedom = List.copyOf(degreesOfFreedom);
  }

  /** Fits by moments. */
  static VariancePrior byMoments(double[] variances, int degreesOfFreedom) {
    double[] logs = logs(variances, LEAST);
    double excess = variance(logs) - LogF.sampling(degreesOfFreedom);
    double common = LogF.priorOf(excess);
    double scale =
        excess > 0
            ? Math.exp(mean(logs) - new LogF(degreesOfFreedom, common).mean())
            : mean(Arrays.stream(logs).map(Math::exp).toArray());
    return new VariancePrior(scale, common, Collections.nCopies(logs.length, common));
  }

  /**
   * Fits robustly.
   *
   * @param variances at least two
   * @param degreesOfFreedom of each variance
   */
  static VariancePrior robust(double[] variances, int degreesOfFreedom) {
    double[] logs = logs(variances, LEAST_IF_ROBUST);
    VariancePrior byMoments =
        byMoments(Arrays.stream(logs).map(Math::exp).toArray(), degreesOfFreedom);
    int n = logs.length;
    if (n * UPPER_TAIL < 1) {
      return byMoments;
    }
    double[] winsorized = winsorized(logs);
    double spread = variance(winsorized);
    double common = byMoments.common;
    LogF.Moments equal = moments(degreesOfFreedom, Double.POSITIVE_INFINITY);
    if (spread <= equal.variance()) {
      common = Double.POSITIVE_INFINITY;
    } else if (Double.isInfinite(common)) {
      return byMoments;
    } else if (spread < moments(degreesOfFreedom, common).variance()) {
      // d0 / (1 + d0) is bounded, and 1 stands for infinity.
      double share =
          new BrentSolver(1e-10, 1e-10, 1e-12)
              .findRoot(
                  x -> Math.log(spread / moments(degreesOfFreedom, x / (1 - x)).variance()),
                  common / (1 + common),
                  1);
      common = share / (1 - share);
    }
    double log = mean(winsorized) - moments(degreesOfFreedom, common).mean();
    return new VariancePrior(Math.exp(log), common, List.of()).withOutliers(logs, degreesOfFreedom);
  }

  private static LogF.Moments moments(int degreesOfFreedom, double prior) {
    return new LogF(degreesOfFreedom, prior).winsorized(LOWER_TAIL, UPPER_TAIL);
  }

  /**
   * Gives benchmarks that are probably outliers fewer degrees of freedom. The probability that one
   * is none is estimated as the tail probability of its variance under the prior, divided by the
   * share of variances that are as large.
   */
  private VariancePrior withOutliers(double[] logs, int degreesOfFreedom) {
    int n = logs.length;
    LogF distribution = new LogF(degreesOfFreedom, common);
    int[] largestFirst =
        IntStream.range(0, n)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -logs[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] degrees = new double[n];
    double least = distribution.logSurvival(logs[largestFirst[0]] - Math.log(scale));
    double ofOutlier = ofOutlier(least, logs[largestFirst[0]], degreesOfFreedom);
    for (int i = 0; i < n; i++) {
      double tail = distribution.logSurvival(logs[largestFirst[i]] - Math.log(scale));
      double noOutlier = Math.exp(Math.min(tail - Math.log((i + 0.5) / n), 0));
      degrees[i] =
          Double.isFinite(common)
              ? noOutlier * common + (1 - noOutlier) * ofOutlier
              : noOutlier < 1 ? noOutlier * n * degreesOfFreedom : common;
    }
    if (Double.isFinite(common)) {
      averageTheLargest(degrees);
    }
    double[] inOrder = new double[n];
    double largest = 0;
    for (int i = 0; i < n; i++) {
      largest = Math.max(largest, degrees[i]);
      inOrder[largestFirst[i]] = largest;
    }
    return new VariancePrior(scale, common, Arrays.stream(inOrder).boxed().toList());
  }

  /** The d0 for which the largest variance would be the median of its distribution. */
  private double ofOutlier(double logTail, double log, int degreesOfFreedom) {
    if (Double.isInfinite(common) || logTail == Double.NEGATIVE_INFINITY) {
      return 0;
    }
    double guess = Math.log(0.5) / logTail * common;
    double tail = new LogF(degreesOfFreedom, guess).logSurvival(log - Math.log(scale));
    return Math.log(0.5) / tail * guess;
  }

  /** Replaces the first ones by their mean, up to where this mean is the least. */
  private static void averageTheLargest(double[] degrees) {
    double sum = 0;
    double least = Double.POSITIVE_INFINITY;
    int until = 0;
    for (int i = 0; i < degrees.length; i++) {
      sum += degrees[i];
      if (sum / (i + 1) < least) {
        least = sum / (i + 1);
        until = i + 1;
      }
    }
    Arrays.fill(degrees, 0, until, least);
  }

  /**
   * A prior that counts for less, as it is known from a few benchmarks only: as if the variances of
   * their logarithms were larger by half its standard error. limma is made for thousands of
   * variances and leaves this out; for eight, intervals without it miss in 8% instead of 6%.
   *
   * @param degreesOfFreedom of the sample variances
   */
  VariancePrior cautious(int degreesOfFreedom) {
    double error = CAUTION * LogF.samplingError(degreesOfFreedom, this.degreesOfFreedom.size());
    return new VariancePrior(
        scale,
        fewer(common, error),
        this.degreesOfFreedom.stream().map(each -> fewer(each, error)).toList());
  }

  private static double fewer(double degrees, double error) {
    if (degrees == 0) {
      return 0;
    }
    double excess = Double.isInfinite(degrees) ? 0 : LogF.sampling(degrees);
    return LogF.priorOf(excess + error);
  }

  private static double[] logs(double[] variances, double least) {
    double median = Median.withDefaults().withCopy(true).evaluate(variances);
    double floor = Math.max(least * median, ROUNDING);
    return Arrays.stream(variances).map(each -> Math.log(Math.max(each, floor))).toArray();
  }

  private static double[] winsorized(double[] logs) {
    double[] ends =
        Quantile.withDefaults()
            .with(Quantile.EstimationMethod.HF7)
            .withCopy(true)
            .evaluate(logs, LOWER_TAIL, 1 - UPPER_TAIL);
    return Arrays.stream(logs).map(log -> Math.clamp(log, ends[0], ends[1])).toArray();
  }

  private static double mean(double[] values) {
    return Mean.of(values).getAsDouble();
  }

  private static double variance(double[] values) {
    return Variance.of(values).getAsDouble();
  }
}
