package dev.lockstep.bench.statistics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.statistics.descriptive.Median;

/**
 * The variances of all benchmarks of a run, each drawn towards those of the others. Two or three
 * forks say little about their own variance; together, the benchmarks of a run say how large
 * variances are there.
 *
 * <p>With the sample variance s^2 of a benchmark, its d degrees of freedom, and its {@link
 * VariancePrior} of scale s0^2 and d0 degrees of freedom, the moderated variance is (d0 s0^2 + d
 * s^2) / (d0 + d). A mean divided by its standard error then has Student's t distribution with d0 +
 * d degrees of freedom (Smyth 2004, section 3). These are limited to the sum of all d, as in limma.
 *
 * <p>Benchmarks run in rounds, one fork of each, and a round in which the whole machine was slower
 * must not count as variance of each benchmark. The effect of a round is the median over the
 * benchmarks of its deviation from the benchmark's mean. From each s^2 is taken out what the other
 * benchmarks say of this effect. It remains in every mean, so that its own variance is added to
 * that of a mean; in a ratio of two benchmarks of the run it cancels.
 *
 * <p>Short times may scatter more than long ones. The logarithm of s0^2 is therefore a line over
 * the logarithm of the time, whose slope is the median of the slopes between any two benchmarks (H.
 * Theil 1950, P. K. Sen 1968).
 */
final class Moderation {

  /** The fewest benchmarks that say how large variances are. */
  static final int FEWEST = 8;

  private final List<Optional<Component>> own;
  private final Component ofRounds;
  private final VariancePrior prior;

  private Moderation(List<Optional<Component>> own, Component ofRounds, VariancePrior prior) {
    this.own = own;
    this.ofRounds = ofRounds;
    this.prior = prior;
  }

  /**
   * Moderates variances.
   *
   * @param rows the logarithms of the forks' levels, a row for each benchmark; the values of a row
   *     are those of the first, second, ... round
   * @return empty if fewer than {@link #FEWEST} rows have two values that differ, or as many have
   *     so many values that each says enough about its own variance
   */
  static Optional<Moderation> of(List<double[]> rows) {
    int rounds = rounds(rows);
    if (rounds < 2 || rounds >= Inference.BOOTSTRAP_FORKS) {
      return Optional.empty();
    }
    List<double[]> whole =
        rows.stream()
            .filter(row -> row.length >= rounds && differ(row))
            .map(row -> Arrays.copyOf(row, rounds))
            .toList();
    List<double[]> deviations =
        IntStream.range(0, rounds)
            .mapToObj(
                round ->
                    whole.stream().mapToDouble(row -> row[round] - Student.mean(row)).toArray())
            .toList();
    double[] effects = centred(deviations.stream().mapToDouble(Moderation::median).toArray());
    double[] variances = new double[whole.size()];
    List<double[]> sorted = deviations.stream().map(Moderation::sorted).toList();
    for (int i = 0; i < variances.length; i++) {
      double[] ofOthers = new double[rounds];
      for (int round = 0; round < rounds; round++) {
        ofOthers[round] = medianOfOthers(sorted.get(round), deviations.get(round)[i]);
      }
      variances[i] = variance(whole.get(i), centred(ofOthers));
    }
    double[] logTimes = whole.stream().mapToDouble(Student::mean).toArray();
    int degrees = rounds - 1;
    double slope = slope(logTimes, variances);
    double[] level = new double[variances.length];
    Arrays.setAll(level, i -> variances[i] * Math.exp(-slope * logTimes[i]));
    VariancePrior prior = VariancePrior.robust(level, degrees).cautious(degrees);
    double most = (double) degrees * whole.size();

    List<Optional<Component>> own = new ArrayList<>();
    int next = 0;
    for (double[] row : rows) {
      if (row.length < 2 || !differ(row)) {
        own.add(Optional.empty());
        continue;
      }
      if (row.length < rounds) {
        double scale = prior.scale() * Math.exp(slope * Student.mean(row));
        Component sample = new Component(variance(row, effects), row.length - 1.0);
        own.add(Optional.of(posterior(prior.common(), scale, sample, most)));
      } else {
        double scale = prior.scale() * Math.exp(slope * logTimes[next]);
        Component sample = new Component(variances[next], degrees);
        own.add(Optional.of(posterior(prior.degreesOfFreedom().get(next), scale, sample, most)));
        next++;
      }
    }
    double ofRounds = Arrays.stream(effects).map(effect -> effect * effect).sum() / degrees;
    return Optional.of(new Moderation(own, new Component(ofRounds, degrees), prior));
  }

  /** The largest number of values that enough rows have. */
  private static int rounds(List<double[]> rows) {
    int[] lengths =
        rows.stream().filter(Moderation::differ).mapToInt(row -> row.length).sorted().toArray();
    return lengths.length < FEWEST ? 0 : lengths[lengths.length - FEWEST];
  }

  private static boolean differ(double[] row) {
    return Arrays.stream(row).distinct().count() > 1;
  }

  private static double[] sorted(double[] values) {
    return Arrays.stream(values).sorted().toArray();
  }

  private static double medianOfOthers(double[] sorted, double own) {
    int at = Arrays.binarySearch(sorted, own);
    int others = sorted.length - 1;
    int lower = (others - 1) / 2;
    int upper = others / 2;
    return (sorted[lower < at ? lower : lower + 1] + sorted[upper < at ? upper : upper + 1]) / 2;
  }

  private static double[] centred(double[] effects) {
    double mean = Student.mean(effects);
    return Arrays.stream(effects).map(effect -> effect - mean).toArray();
  }

  private static double variance(double[] row, double[] effects) {
    double[] residuals = new double[row.length];
    Arrays.setAll(residuals, round -> row[round] - effects[round]);
    return Student.squaredError(residuals) * row.length;
  }

  private static double slope(double[] at, double[] variances) {
    List<Double> slopes = new ArrayList<>();
    for (int i = 0; i < at.length; i++) {
      for (int j = 0; j < i; j++) {
        double slope = Math.log(variances[i] / variances[j]) / (at[i] - at[j]);
        if (Double.isFinite(slope)) {
          slopes.add(slope);
        }
      }
    }
    return slopes.isEmpty()
        ? 0
        : median(slopes.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private static double median(double[] values) {
    return Median.withDefaults().withCopy(true).evaluate(values);
  }

  private static Component posterior(double d0, double scale, Component sample, double most) {
    double d = sample.degreesOfFreedom();
    double variance =
        Double.isInfinite(d0) ? scale : (d0 * scale + d * sample.variance()) / (d0 + d);
    return new Component(variance, Math.min(d0 + d, most));
  }

  /** The variance of a benchmark's forks; empty for one fork or forks that are equal. */
  Optional<Component> own(int row) {
    return own.get(row);
  }

  /** The variance of the rounds' effects. */
  Component ofRounds() {
    return ofRounds;
  }

  RunInference.Moderated summary() {
    return new RunInference.Moderated(
        (int) own.stream().filter(Optional::isPresent).count(),
        prior.common(),
        Math.sqrt(ofRounds.variance()));
  }
}
