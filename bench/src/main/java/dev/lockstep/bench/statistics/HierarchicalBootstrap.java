package dev.lockstep.bench.statistics;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A two-level bootstrap: each resample draws forks with replacement, and within each drawn fork its
 * iterations with replacement, as many of both as were measured.
 *
 * <p>An interval between quantiles of the resampled estimates would be too narrow: the variance of
 * resamples of n forks is (n - 1)/n of the true one, and they ignore the uncertainty of their own
 * spread. With 8 forks, nearly a tenth of such intervals miss. Each resample is therefore
 * studentised, that is divided by its own standard error over forks, and the quantile of the
 * absolute values replaces that of Student's t. This is the symmetric bootstrap-t (P. Hall, On
 * Symmetric Bootstrap Confidence Intervals, J. R. Statist. Soc. B 50 (1988)).
 *
 * <p>Resamples are centred on their own mean, because the mean of resampled medians, for instance,
 * differs from a fork's median if iterations are skewed.
 */
final class HierarchicalBootstrap implements Estimate {

  private final double log;
  private final double standardError;

  /** Absolute studentised deviations of the resamples, ascending. */
  private final double[] studentised;

  private HierarchicalBootstrap(double log, double standardError, double[] studentised) {
    this.log = log;
    this.standardError = standardError;
    this.studentised = studentised;
  }

  /**
   * Estimates the geometric mean of the subject's fork levels, or its ratio to the baseline's.
   *
   * @param baseline null for the mean alone
   */
  static Estimate of(
      Forks subject, @Nullable Forks baseline, ForkLevel level, long seed, int resamples) {
    double[] subjectLevels = subject.logLevels(level);
    double[] baselineLevels = baseline == null ? new double[0] : baseline.logLevels(level);
    double log = difference(subjectLevels, baselineLevels);
    double error = standardError(subjectLevels, baselineLevels);
    if (!(error > 0)) {
      return new Unbounded(Math.exp(log));
    }
    SplittableRandom random = new SplittableRandom(seed);
    double[] estimates = new double[resamples];
    double[] errors = new double[resamples];
    for (int i = 0; i < resamples; i++) {
      resample(subject, level, random, subjectLevels);
      if (baseline != null) {
        resample(baseline, level, random, baselineLevels);
      }
      estimates[i] = difference(subjectLevels, baselineLevels);
      errors[i] = standardError(subjectLevels, baselineLevels);
    }
    double centre = Student.mean(estimates);
    double[] studentised = new double[resamples];
    for (int i = 0; i < resamples; i++) {
      // A resample that drew one fork every time has no standard error.
      studentised[i] =
          errors[i] > 0 ? Math.abs(estimates[i] - centre) / errors[i] : Double.POSITIVE_INFINITY;
    }
    Arrays.sort(studentised);
    return new HierarchicalBootstrap(log, error, studentised);
  }

  private static void resample(
      Forks forks, ForkLevel level, SplittableRandom random, double[] logLevels) {
    for (int i = 0; i < logLevels.length; i++) {
      double[] fork = forks.fork(random.nextInt(logLevels.length));
      double[] drawn = new double[fork.length];
      for (int j = 0; j < drawn.length; j++) {
        drawn[j] = fork[random.nextInt(fork.length)];
      }
      logLevels[i] = level.log(drawn);
    }
  }

  private static double difference(double[] subject, double[] baseline) {
    return Student.mean(subject) - (baseline.length == 0 ? 0 : Student.mean(baseline));
  }

  private static double standardError(double[] subject, double[] baseline) {
    return Math.sqrt(
        Student.squaredError(subject)
            + (baseline.length == 0 ? 0 : Student.squaredError(baseline)));
  }

  @Override
  public double value() {
    return Math.exp(log);
  }

  @Override
  public Optional<Interval> interval(double confidence) {
    int rank = (int) Math.ceil(confidence * (studentised.length + 1));
    double quantile = rank > studentised.length ? Double.POSITIVE_INFINITY : studentised[rank - 1];
    return Optional.of(
        Interval.ofLogs(log - quantile * standardError, log + quantile * standardError));
  }

  @Override
  public double pValue(double hypothesis) {
    double t = Math.abs(log - Math.log(hypothesis)) / standardError;
    long asExtreme = Arrays.stream(studentised).filter(other -> other >= t).count();
    return (1.0 + asExtreme) / (studentised.length + 1);
  }

  @Override
  public Method method() {
    return Method.HIERARCHICAL_BOOTSTRAP;
  }
}
