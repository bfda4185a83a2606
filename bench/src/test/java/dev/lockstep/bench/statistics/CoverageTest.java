package dev.lockstep.bench.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How often the 95% intervals contain the truth. */
final class CoverageTest {

  private static final long SEED = 250;
  private static final int DRAWS = 1_000;
  private static final double MISSES = 1 - Inference.CONFIDENCE;
  private static final Inference INFERENCE = new Inference(ForkLevel.MEDIAN, SEED, 199);

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 8})
  void theTypicalTimeIsMissedAtMostAsOftenAsStated(int forks) {
    SplittableRandom random = new SplittableRandom(SEED);
    for (Noise noise : new Noise[] {Noise.QUIET, Noise.CORRELATED}) {
      // Symmetric about it on a logarithmic scale, so that this is the geometric mean of medians.
      double centre = 33;
      Rate missed =
          Rate.of(
              DRAWS,
              () -> {
                Forks drawn = noise.forks(random, forks, Design.ITERATIONS, centre);
                Interval interval =
                    INFERENCE.time(drawn).interval(Inference.CONFIDENCE).orElseThrow();
                return !interval.contains(centre);
              });
      assertThat(missed)
          .as("seed %d, %s", SEED, noise)
          .matches(rate -> rate.isAtMost(MISSES), "at most 5%");
    }
  }

  /** Skewed by wild iterations and forks, which are alike on both sides and so leave the ratio. */
  @ParameterizedTest
  @ValueSource(doubles = {0.95, 7})
  void aRatioIsMissedAtMostAsOftenAsStated(double ratio) {
    SplittableRandom random = new SplittableRandom(SEED);
    for (Design design : Design.ALL) {
      Rate missed =
          Rate.of(
              DRAWS / 2,
              () ->
                  !design
                      .draw(random, Noise.WILD, INFERENCE, ratio, 1)
                      .interval(Inference.CONFIDENCE)
                      .orElseThrow()
                      .contains(ratio));
      assertThat(missed)
          .as("seed %d, %s", SEED, design)
          .matches(rate -> rate.isAtMost(MISSES), "at most 5%");
    }
  }
}
