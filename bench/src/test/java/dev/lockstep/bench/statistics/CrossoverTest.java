package dev.lockstep.bench.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.bench.statistics.Crossover.Crossing;
import dev.lockstep.bench.statistics.Crossover.Point;
import dev.lockstep.bench.statistics.Crossover.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class CrossoverTest {

  private static final long SEED = 777;
  private static final double[] WIDTHS = {256, 512, 1024, 2048, 4096};

  private static Point point(double width, double log, double standardError) {
    return new Point(width, new Student(log, standardError, 8, Estimate.Method.STUDENT));
  }

  @Test
  void interpolatesInLogarithms() {
    Crossover found =
        Crossover.of(
            List.of(point(4096, -0.2, 0.01), point(256, 0.6, 0.01), point(1024, 0.2, 0.01)));

    assertThat(found.crossings()).hasSize(1);
    Crossing crossing = found.crossings().getFirst();
    assertThat(crossing.width()).isCloseTo(2048, within(1e-9));
    assertThat(crossing.fasterAbove()).isEqualTo(Side.SUBJECT);
    assertThat(crossing.isLocated()).isTrue();
    // At the place of the crossing the standard error is 0.01 / sqrt(2), the slope 0.2 an octave.
    double octaves = 2.306 * 0.01 / Math.sqrt(2) / 0.2;
    Interval interval = crossing.interval().orElseThrow();
    assertThat(interval.lower()).isCloseTo(2048 * Math.pow(2, -octaves), within(15.0));
    assertThat(interval.upper()).isCloseTo(2048 * Math.pow(2, octaves), within(15.0));
  }

  @Test
  void theIntervalReachesOverWidthsThatTellNothing() {
    Crossover found =
        Crossover.of(
            List.of(
                point(256, -1, 0.01),
                point(512, -0.1, 0.1),
                point(1024, 0.1, 0.1),
                point(2048, 1, 0.01)));

    Interval interval = found.crossings().getFirst().interval().orElseThrow();
    assertThat(interval.lower()).isBetween(256.0, 512.0);
    assertThat(interval.upper()).isBetween(1024.0, 2048.0);
    assertThat(found.crossings().getFirst().fasterAbove()).isEqualTo(Side.BASELINE);
  }

  @Test
  void anEndBeyondTheWidthsMeasuredIsOpen() {
    Crossing oneSided =
        Crossover.of(List.of(point(256, -0.5, 0.01), point(512, 0.001, 0.01)))
            .crossings()
            .getFirst();
    assertThat(oneSided.interval().orElseThrow().upper()).isInfinite();
    assertThat(oneSided.interval().orElseThrow().lower()).isBetween(256.0, 512.0);
    assertThat(oneSided.isLocated()).isTrue();

    Crossing nowhere =
        Crossover.of(List.of(point(256, -0.001, 0.01), point(512, 0.001, 0.01)))
            .crossings()
            .getFirst();
    assertThat(nowhere.isLocated()).isFalse();
  }

  @Test
  void withoutAnIntervalOfTheRatiosThereIsNoneOfTheCrossing() {
    Crossing crossing =
        Crossover.of(List.of(new Point(7, new Unbounded(0.5)), new Point(33, new Unbounded(2))))
            .crossings()
            .getFirst();
    assertThat(crossing.width()).isCloseTo(Math.sqrt(7 * 33), within(1e-9));
    assertThat(crossing.interval()).isEmpty();
  }

  @Test
  void noneSeveralAndThoseThroughZero() {
    assertThat(Crossover.of(List.of()).crossings()).isEmpty();
    assertThat(Crossover.of(List.of(point(7, 1, 1))).crossings()).isEmpty();
    assertThat(Crossover.of(List.of(point(7, 1, 1), point(33, 2, 1))).crossings()).isEmpty();
    assertThat(Crossover.of(List.of(point(7, 1, 1), point(33, 0, 1), point(129, 2, 1))).crossings())
        .as("touches")
        .isEmpty();
    assertThat(
            Crossover.of(List.of(point(7, 1, 1), point(33, 0, 1), point(129, -2, 1))).crossings())
        .singleElement()
        .satisfies(crossing -> assertThat(crossing.width()).isCloseTo(33, within(1e-9)));
    assertThat(
            Crossover.of(List.of(point(7, 1, 1), point(33, -1, 1), point(129, 2, 1))).crossings())
        .extracting(Crossing::fasterAbove)
        .containsExactly(Side.SUBJECT, Side.BASELINE);
  }

  @Test
  void aWidthStandsOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Crossover.of(List.of(point(7, 1, 1), point(7, 2, 1))))
        .withMessage("width 7.0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Crossover.of(List.of(point(0, 1, 1))))
        .withMessage("width 0.0");
  }

  @Test
  void theTrueCrossingIsMissedAtMostAsOftenAsStated() {
    SplittableRandom random = new SplittableRandom(SEED);
    Inference inference = new Inference(ForkLevel.MEDIAN);
    double truth = 1300;
    for (double slope : new double[] {0.01, 0.05, 0.3}) {
      Rate missed =
          Rate.of(
              1_000,
              () -> {
                List<Point> points = new ArrayList<>();
                for (double width : WIDTHS) {
                  double ratio = Math.pow(width / truth, slope);
                  Estimate estimate =
                      inference.ratio(
                          Noise.LOGNORMAL.forks(random, 5, 5, ratio),
                          Noise.LOGNORMAL.forks(random, 5, 5, 1));
                  points.add(new Point(width, estimate));
                }
                List<Crossing> crossings = Crossover.of(points).crossings();
                return !crossings.isEmpty()
                    && crossings.stream()
                        .noneMatch(found -> found.interval().orElseThrow().contains(truth));
              });
      assertThat(missed)
          .as("seed %d, slope %s", SEED, slope)
          .matches(rate -> rate.isAtMost(0.05), "at most 5%");
    }
  }
}
