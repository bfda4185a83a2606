package dev.lockstep.bench.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/**
 * The fits are those of the R package limma 3.54.1 with R 4.2.2: {@code fitFDist(x, df)} and {@code
 * fitFDistRobustly(x, df)}, printed with 12 digits.
 */
final class VariancePriorTest {

  private static final Percentage AS_PRINTED = Percentage.withPercentage(1e-4);
  private static final double[] TEN = {1.2, 0.3, 2.2, 0.9, 14, 0.6, 1.7, 0.05, 3.1, 0.8};
  private static final double[] TWENTY = {
    0.41, 1.9, 0.77, 3.3, 0.12, 1.05, 0.66, 2.4, 0.93, 0.28, 1.31, 5.2, 0.54, 0.08, 1.6, 0.35, 40,
    2.9, 0.71, 1.15
  };

  private static void assertFit(VariancePrior fit, double scale, double degrees) {
    assertThat(fit.scale()).isCloseTo(scale, AS_PRINTED);
    if (Double.isInfinite(degrees)) {
      assertThat(fit.common()).isEqualTo(degrees);
    } else {
      assertThat(fit.common()).isCloseTo(degrees, AS_PRINTED);
    }
  }

  private static void assertOutlier(VariancePrior fit, int index, double degrees) {
    for (int i = 0; i < fit.degreesOfFreedom().size(); i++) {
      if (i == index) {
        assertThat(fit.degreesOfFreedom().get(i)).isCloseTo(degrees, AS_PRINTED);
      } else {
        assertThat(fit.degreesOfFreedom().get(i)).isEqualTo(fit.common());
      }
    }
  }

  @Test
  void theFitByMomentsIsThatOfLimma() {
    assertFit(VariancePrior.byMoments(TEN, 2), 1.43038971092, 4.42741251405);
    assertFit(VariancePrior.byMoments(TEN, 5), 0.696557915881, 1.937666352023);
    assertFit(VariancePrior.byMoments(TWENTY, 4), 0.848394374545, 2.461130734210);
    assertFit(VariancePrior.byMoments(TEN, 1), 2.485, Double.POSITIVE_INFINITY);
  }

  @Test
  void theRobustFitIsThatOfLimma() {
    VariancePrior ten = VariancePrior.robust(TEN, 2);
    assertFit(ten, 1.69415802214, Double.POSITIVE_INFINITY);
    assertOutlier(ten, 4, 0.103082318912);
    VariancePrior five = VariancePrior.robust(TEN, 5);
    assertFit(five, 0.804521686718, 2.450586222580);
    assertOutlier(five, 4, 1.79548927661);
    VariancePrior twenty = VariancePrior.robust(TWENTY, 4);
    assertFit(twenty, 0.868119838766, 3.104599951233);
    assertOutlier(twenty, 16, 0.758616582578);
    VariancePrior one = VariancePrior.robust(TWENTY, 1);
    assertFit(one, 3.04260944746, Double.POSITIVE_INFINITY);
    assertOutlier(one, 16, 0.230431916622);
    // Of fewer than ten there is no tenth.
    assertFit(VariancePrior.robust(Arrays.copyOf(TEN, 8), 2), 1.10714013815, 2.84479899561);
  }

  /** R: {@code trigammaInverse} of limma, and {@code psigamma(x, 3)}. */
  @Test
  void theFunctionsOfTheFitAreThoseOfR() {
    double[] values = {0.01, 0.5, 1.6449340668482264, 4.9, 30};
    double[] inverses = {100.499166681943, 2.459952948352, 1, 0.502080473169, 0.186622530084};
    for (int i = 0; i < values.length; i++) {
      assertThat(LogF.priorOf(values[i]) / 2).isCloseTo(inverses[i], AS_PRINTED);
    }
    assertThat(LogF.priorOf(0)).isInfinite();
    double[] fourths = {97.4090910340024, 6.4939394022668, 1.4090910340024, 0.4939394022668};
    for (int degrees = 1; degrees <= fourths.length; degrees++) {
      double variance = LogF.sampling(degrees);
      assertThat(LogF.samplingError(degrees, 7))
          .isCloseTo(
              Math.sqrt((2 + fourths[degrees - 1] / (variance * variance)) / 7) * variance,
              AS_PRINTED);
    }
  }

  @Test
  void winsorizedMomentsAreThoseOfDraws() {
    SplittableRandom random = new SplittableRandom(5);
    for (double prior : new double[] {0.7, 3, Double.POSITIVE_INFINITY}) {
      double[] draws = new double[40_000];
      Arrays.setAll(draws, _ -> Math.log(chiSquared(random, 2) / scale(random, prior)));
      Arrays.sort(draws);
      double low = draws[draws.length / 20];
      double high = draws[draws.length * 9 / 10];
      double[] moved = Arrays.stream(draws).map(draw -> Math.clamp(draw, low, high)).toArray();
      double mean = Arrays.stream(moved).average().orElseThrow();
      LogF.Moments moments = new LogF(2, prior).winsorized(0.05, 0.1);
      assertThat(moments.mean()).isCloseTo(mean, within(0.05));
      assertThat(moments.variance())
          .isCloseTo(
              Arrays.stream(moved)
                  .map(each -> (each - mean) * (each - mean))
                  .average()
                  .orElseThrow(),
              Percentage.withPercentage(5));
    }
  }

  private static double chiSquared(SplittableRandom random, double degrees) {
    return org.apache.commons.statistics.distribution.ChiSquaredDistribution.of(degrees)
            .inverseCumulativeProbability(random.nextDouble())
        / degrees;
  }

  private static double scale(SplittableRandom random, double prior) {
    return Double.isInfinite(prior) ? 1 : chiSquared(random, prior);
  }

  @Test
  void fewBenchmarksCountForLess() {
    VariancePrior limma = VariancePrior.robust(TWENTY, 4);
    VariancePrior cautious = limma.cautious(4);
    assertThat(cautious.scale()).isEqualTo(limma.scale());
    assertThat(cautious.common()).isBetween(0.6 * limma.common(), 0.95 * limma.common());
    VariancePrior all = new VariancePrior(1, Double.POSITIVE_INFINITY, Collections.nCopies(8, 0.0));
    assertThat(all.cautious(1).common()).isBetween(1.0, 4.0);
    assertThat(all.cautious(1).degreesOfFreedom())
        .isEqualTo(List.of(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0));
    VariancePrior thousands = new VariancePrior(1, 4, Collections.nCopies(10_000, 4.0)).cautious(2);
    assertThat(thousands.common()).isBetween(3.8, 4.0);
  }

  /** From copies to times of several ages: never an exception, never a NaN. */
  @Test
  void whateverTheVariancesAreThereIsAPrior() {
    SplittableRandom random = new SplittableRandom(6);
    for (int draw = 0; draw < 3_000; draw++) {
      double[] variances = new double[random.nextInt(2, 40)];
      double extent = random.nextDouble() * random.nextInt(1, 30);
      Arrays.setAll(
          variances,
          _ ->
              random.nextInt(5) == 0
                  ? 1
                  : random.nextInt(9) == 0 ? 0 : Math.exp(extent * random.nextGaussian()));
      int degrees = random.nextInt(1, 8);
      VariancePrior prior = VariancePrior.robust(variances, degrees).cautious(degrees);
      assertThat(prior.scale()).as("draw %d", draw).isNotNegative().isFinite();
      assertThat(prior.common()).isPositive();
      assertThat(prior.degreesOfFreedom())
          .hasSize(variances.length)
          .allMatch(each -> each >= 0 && each <= prior.common());
    }
  }
}
