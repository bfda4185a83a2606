package dev.lockstep.bench.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.bench.statistics.Blocks.Block;
import dev.lockstep.bench.statistics.Estimate.Method;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.TTest;
import org.apache.commons.statistics.inference.WilcoxonSignedRankTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EstimateTest {

  private static final long SEED = 129;
  private static final Inference INFERENCE = new Inference(ForkLevel.MEDIAN);

  private static Forks forks(double... times) {
    return new Forks(DoubleStream.of(times).mapToObj(time -> new double[] {time}).toList());
  }

  @Test
  void aForkStandsForItsMedianOrItsMean() {
    double[] times = {9, 1, 2};
    Forks fork = new Forks(List.of(times));
    assertThat(INFERENCE.time(fork).value()).isCloseTo(2, within(1e-12));
    assertThat(new Inference(ForkLevel.MEAN).time(fork).value()).isCloseTo(4, within(1e-12));
    assertThat(fork.times().getFirst()).as("left as it was").containsExactly(9, 1, 2);
    times[0] = 0;
    assertThat(fork.times().getFirst()).as("a copy").containsExactly(9, 1, 2);
  }

  @Test
  void theTypicalTimeIsTheGeometricMeanOfTheForks() {
    Estimate time = INFERENCE.time(forks(1, 4, 2));
    assertThat(time.value()).isCloseTo(2, within(1e-12));
    // Standard error ln 2 / sqrt 3, quantile 4.303 of t with 2 degrees of freedom.
    double half = 4.30265 * Math.log(2) / Math.sqrt(3);
    Interval interval = time.interval(0.95).orElseThrow();
    assertThat(Math.log(interval.upper() / 2)).isCloseTo(half, within(1e-4));
    assertThat(Math.log(interval.lower() / 2)).isCloseTo(-half, within(1e-4));
    assertThat(interval.relativeHalfWidth()).isCloseTo(Math.expm1(half), within(1e-2));
    assertThat(time.method()).isEqualTo(Method.STUDENT);
  }

  @Test
  void oneForkHasNoIntervalAndTwoAWideOne() {
    Estimate one = INFERENCE.time(new Forks(List.of(new double[] {1, 2, 3, 4, 5, 6, 7, 8})));
    assertThat(one.interval(0.95)).isEmpty();
    assertThat(one.pValue(17)).isEqualTo(1);
    assertThat(one.method()).isEqualTo(Method.NONE);
    assertThat(INFERENCE.ratio(forks(1), forks(1, 2, 3)).interval(0.95)).isEmpty();

    Interval two = INFERENCE.time(forks(1, 1.01)).interval(0.95).orElseThrow();
    assertThat(two.relativeHalfWidth()).isBetween(0.06, 0.07);
  }

  @Test
  void forksThatDoNotDifferInABitHaveNoInterval() {
    double[] equal = {3, 3, 3, 3, 3, 3, 3, 3, 3};
    for (int count : new int[] {2, 7, 8, 9}) {
      Forks copies = forks(Arrays.copyOf(equal, count));
      assertThat(INFERENCE.time(copies).interval(0.95)).isEmpty();
      assertThat(INFERENCE.ratio(copies, copies).interval(0.95)).isEmpty();
      Blocks blocks = new Blocks(copies(new Block(forks(6), forks(3)), count));
      assertThat(INFERENCE.ratio(blocks, 1).interval(0.95)).isEmpty();
      assertThat(INFERENCE.ratio(blocks, 1).value()).isCloseTo(2, within(1e-12));
    }
  }

  private static <T> List<T> copies(T value, int count) {
    return java.util.Collections.nCopies(count, value);
  }

  @Test
  void aRatioUnderEightForksIsWelchsTest() {
    SplittableRandom random = new SplittableRandom(SEED);
    Forks subject = Noise.WILD.forks(random, 3, 7, 1.1);
    Forks baseline = Noise.QUIET.forks(random, 7, 33, 1);
    Estimate ratio = INFERENCE.ratio(subject, baseline);
    double[] a = subject.logLevels(ForkLevel.MEDIAN);
    double[] b = baseline.logLevels(ForkLevel.MEDIAN);
    for (double mu : new double[] {-0.1, 0, 0.05}) {
      assertThat(ratio.pValue(Math.exp(mu)))
          .isCloseTo(TTest.withDefaults().withMu(mu).test(a, b).getPValue(), within(1e-9));
    }
    assertThat(INFERENCE.ratio(baseline, subject).value())
        .isCloseTo(1 / ratio.value(), within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 6, 7, 10, 33})
  void theRankOfTheSignedRankIntervalIsThatOfTheTest(int n) {
    int k = SignedRanks.rank(n, 0.025);
    assertThat(k).isEqualTo(n == 33 ? 171 : new int[] {0, 0, 0, 0, 0, 0, 1, 3, 0, 0, 9}[n]);
    if (k > 0) {
      assertThat(leftTail(n, k - 1)).isLessThanOrEqualTo(0.025);
    }
    assertThat(leftTail(n, k)).isGreaterThan(0.025);
  }

  /** The test's probability of a sum of positive ranks of at most this. */
  private static double leftTail(int n, int sum) {
    double[] ranks = new double[n];
    int left = sum;
    for (int rank = n; rank >= 1; rank--) {
      ranks[rank - 1] = rank <= left ? rank : -rank;
      left -= rank <= left ? rank : 0;
    }
    return WilcoxonSignedRankTest.withDefaults()
        .with(AlternativeHypothesis.LESS_THAN)
        .test(ranks)
        .getPValue();
  }

  @Test
  void hodgesAndLehmannIgnoreOneWildBlock() {
    double[] logs = {0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 5};
    Estimate ratio = SignedRanks.of(logs);
    assertThat(Math.log(ratio.value())).isBetween(0.04, 0.06);
    // The 4th smallest and the 4th largest of 36 means of pairs.
    Interval interval = ratio.interval(0.95).orElseThrow();
    assertThat(Math.log(interval.lower())).isCloseTo(0.02, within(1e-12));
    assertThat(Math.log(interval.upper())).isCloseTo(2.525, within(1e-12));
    assertThat(ratio.interval(0.999)).as("8 blocks do not suffice").isEmpty();
  }

  @Test
  void blocksSufficeForSignedRanksByTheSizeOfTheFamily() {
    SplittableRandom random = new SplittableRandom(SEED);
    Blocks nine = Noise.QUIET.blocks(random, 9, 5, 1);
    Blocks ten = Noise.QUIET.blocks(random, 10, 5, 1);
    assertThat(INFERENCE.ratio(nine, 1).method()).isEqualTo(Method.SIGNED_RANKS);
    assertThat(INFERENCE.ratio(nine, 20).method()).isEqualTo(Method.PAIRED_STUDENT);
    assertThat(INFERENCE.ratio(ten, 20).method()).isEqualTo(Method.SIGNED_RANKS);
  }

  @Test
  void equalSamplesHaveEqualBootstrapIntervals() {
    SplittableRandom random = new SplittableRandom(SEED);
    Forks subject = Noise.WILD.forks(random, 8, 7, 1);
    Forks baseline = Noise.WILD.forks(random, 12, 5, 1);
    Estimate first = INFERENCE.ratio(subject, baseline);
    Estimate second = INFERENCE.ratio(subject, baseline);
    assertThat(first.method()).isEqualTo(Method.HIERARCHICAL_BOOTSTRAP);
    assertThat(first.interval(0.95)).isEqualTo(second.interval(0.95));
    assertThat(first.pValue(100)).as("the least").isEqualTo(1e-4);
    assertThat(first.pValue(first.value())).isEqualTo(1);
  }

  @Test
  void refusesWhatIsNoTime() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Forks(List.of()))
        .withMessage("no forks");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Forks(List.of(new double[] {1}, new double[0])))
        .withMessage("fork 1 has no iterations");
    for (double time : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> forks(1, time))
          .withMessage("fork 1 has the time " + time + ", expected a finite positive one");
    }
    assertThatIllegalArgumentException().isThrownBy(() -> new Blocks(List.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> new Interval(2, 1));
  }
}
