package dev.lockstep.bench.statistics;

import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The bootstrap of two levels: as many forks as there are, drawn with replacement, and within each
 * as many of its iterations, drawn with replacement.
 *
 * <p>The quantiles of the resampled estimates themselves would be too narrow an interval, because
 * resamples of n forks vary by (n - 1)/n of what they should and know nothing of how uncertain
 * their own spread is: with 8 forks, nearly a tenth of them miss. So each resample is studentised,
 * that is divided by its own standard error over forks, and the quantile of the absolute values
 * takes the place of that of Student's t. That is the symmetric bootstrap-t (P. Hall, On Symmetric
 * Bootstrap Confidence Intervals, J. R. Statist. Soc. B 50 (1988)).
 *
 * <p>Resamples are centred on their own mean: that of a fork's median, for instance, is not quite
 * the fork's median where iterations are skewed.
 */
final class HierarchicalBootstrap implements Estimate {

  private final double log;
  private final double standardError;

  /** Ascending. */
  private final double[] studentised;

  private HierarchicalBootstrap(double log, double standardError, double[] studentised) {
    this.log = log;
    this.standardError = standardError;
    this.studentised = studentised;
  }

  /** The geometric mean of the forks' levels. */
  static Estimate ofMean(Forks forks, ForkLevel level, long seed, int resamples) {
    return of(forks, null, level, seed, resamples);
  }

  /** The ratio of two such means. */
  static Estimate ofRatio(
      Forks subject, Forks baseline, ForkLevel level, long seed, int resamples) {
    return of(subject, baseline, level, seed, resamples);
  }

  private static Estimate of(
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
      // A resample of one fork alone, over and over, has no error of its own and tells nothing.
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
