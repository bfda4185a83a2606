package dev.lockstep.bench.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.bench.statistics.Design.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.commons.statistics.inference.TTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** How often two samples of one and the same thing are called different. */
final class FalseAlarmTest {

  private static final long SEED = 1021;
  private static final int DRAWS = 1_000;
  private static final double LEVEL = 0.05;
  private static final NoiseFloor FLOOR = NoiseFloor.given(NoiseFloor.LEAST);
  private static final Inference INFERENCE = new Inference(ForkLevel.MEDIAN, SEED, 199);

  static Stream<Arguments> designs() {
    return Design.ALL.stream()
        .flatMap(design -> Noise.ALL.stream().map(noise -> Arguments.of(design, noise)));
  }

  @ParameterizedTest
  @MethodSource("designs")
  void aTrueRatioOfOneIsRejectedAtMostAsOftenAsStated(Design design, Noise noise) {
    SplittableRandom random = new SplittableRandom(SEED);
    List<Estimate> drawn = new ArrayList<>();
    Rate alarms =
        Rate.of(
            DRAWS,
            () -> {
              drawn.add(design.draw(random, noise, INFERENCE, 1, 1));
              return !drawn.getLast().interval(1 - LEVEL).orElseThrow().contains(1);
            });

    assertThat(alarms)
        .as("seed %d, %s, %s", SEED, design, noise)
        .matches(rate -> rate.isAtMost(LEVEL), "at most 5%");
    assertThat(drawn).allMatch(estimate -> estimate.method() == design.method());
    double calledDifferent =
        (double) drawn.stream().filter(FalseAlarmTest::isCalledDifferent).count() / DRAWS;
    assertThat(calledDifferent).as("seed %d", SEED).isLessThanOrEqualTo(LEVEL);
    assertThat(drawn.subList(0, 50)).allMatch(FalseAlarmTest::intervalAndPValueAgree);
  }

  private static boolean intervalAndPValueAgree(Estimate estimate) {
    Interval interval = estimate.interval(1 - LEVEL).orElseThrow();
    double[] hypotheses = {1, interval.lower() * 0.999, interval.upper() * 1.001};
    for (double hypothesis : hypotheses) {
      if (interval.contains(hypothesis) != estimate.pValue(hypothesis) > LEVEL) {
        return false;
      }
    }
    return true;
  }

  @ParameterizedTest
  @EnumSource(ForkLevel.class)
  void eitherLevelAndUnequalNumbersOfForksKeepTheRate(ForkLevel level) {
    SplittableRandom random = new SplittableRandom(SEED);
    Inference inference = new Inference(level, SEED, 199);
    Rate alarms =
        Rate.of(
            4 * DRAWS,
            () ->
                inference
                        .ratio(
                            Noise.WILD.forks(random, 3, 10, 1), Noise.WILD.forks(random, 7, 5, 1))
                        .pValue(1)
                    <= LEVEL);
    assertThat(alarms).as("seed %d", SEED).matches(rate -> rate.isAtMost(LEVEL), "at most 5%");
  }

  /** Why the forks are the outer level: with all iterations pooled, most A/A runs "differ". */
  @Test
  void poolingTheIterationsOfAllForksRaisesFalseAlarms() {
    SplittableRandom random = new SplittableRandom(SEED);
    Rate alarms =
        Rate.of(
            DRAWS,
            () ->
                TTest.withDefaults()
                        .test(
                            pooledLogs(Noise.LOGNORMAL.forks(random, 5, 20, 1)),
                            pooledLogs(Noise.LOGNORMAL.forks(random, 5, 20, 1)))
                        .getPValue()
                    <= LEVEL);
    assertThat(alarms.share()).as("seed %d", SEED).isGreaterThan(0.4);
    assertThat(alarms.isAtMost(LEVEL)).isFalse();
  }

  private static double[] pooledLogs(Forks forks) {
    return forks.times().stream().flatMapToDouble(Arrays::stream).map(Math::log).toArray();
  }

  private static boolean isCalledDifferent(Estimate ratio) {
    Verdict verdict = new Family(List.of(ratio), FLOOR).judgements().getFirst().verdict();
    return verdict == Verdict.FASTER || verdict == Verdict.SLOWER;
  }

  @Test
  void amongManyCellsHolmKeepsTheRateOfAnyFalseAlarm() {
    SplittableRandom random = new SplittableRandom(SEED);
    int cells = 20;
    Design design = new Design(Kind.SEPARATE, 5, Estimate.Method.STUDENT);
    Rate adjusted =
        Rate.of(
            DRAWS,
            () -> {
              Family family = family(random, design, cells, 1, 0);
              return family.judgements().stream()
                  .anyMatch(judgement -> judgement.difference() <= LEVEL);
            });
    Rate unadjusted =
        Rate.of(
            DRAWS,
            () ->
                family(random, design, cells, 1, 0).ratios().stream()
                    .anyMatch(ratio -> ratio.pValue(1) <= LEVEL));

    assertThat(adjusted).as("seed %d", SEED).matches(rate -> rate.isAtMost(LEVEL), "at most 5%");
    assertThat(unadjusted.share()).as("seed %d, unadjusted", SEED).isGreaterThan(0.5);
  }

  @Test
  void amongManyCellsADifferenceIsHardlyEverCalledSame() {
    SplittableRandom random = new SplittableRandom(SEED);
    Design design = new Design(Kind.BLOCKS, 10, Estimate.Method.SIGNED_RANKS);
    Noise quiet = new Noise(0.001, 0.002, 0, 0);
    Rate wrong =
        Rate.of(
            DRAWS / 4,
            () ->
                new Family(draws(random, design, quiet, 20, 1.0101), NoiseFloor.given(0.01))
                    .judgements().stream()
                        .anyMatch(judgement -> judgement.verdict() == Verdict.SAME));
    Rate right =
        Rate.of(
            100,
            () ->
                new Family(draws(random, design, quiet, 1, 1.005), NoiseFloor.given(0.01))
                    .judgements().stream()
                        .anyMatch(judgement -> judgement.verdict() == Verdict.SAME));
    assertThat(wrong).as("seed %d", SEED).matches(rate -> rate.isAtMost(LEVEL), "at most 5%");
    assertThat(right.share()).as("seed %d", SEED).isGreaterThan(0.9);
  }

  /** The floor that A/A comparisons tell is exceeded by the next one at most as often as stated. */
  @Test
  void theNextComparisonOfAThingWithItselfExceedsTheFloorInAtMostOneOfTwenty() {
    SplittableRandom random = new SplittableRandom(SEED);
    double betweenRuns = 0.05;
    Rate exceeded =
        Rate.of(
            400,
            () -> {
              List<Estimate> same =
                  Stream.generate(() -> selfComparison(random, betweenRuns)).limit(19).toList();
              Interval next = selfComparison(random, betweenRuns).interval(1 - LEVEL).orElseThrow();
              Interval floor = NoiseFloor.of(same).range();
              return next.upper() < floor.lower() || next.lower() > floor.upper();
            });
    assertThat(exceeded)
        .as("seed %d", SEED)
        .matches(rate -> rate.isAtMost(LEVEL), "at most 5%")
        .matches(rate -> rate.hits() > 0, "sometimes");
  }

  /** Of two runs of one thing, between which the machine changed. */
  private static Estimate selfComparison(SplittableRandom random, double betweenRuns) {
    double changed = Math.exp(betweenRuns * random.nextGaussian());
    return INFERENCE.ratio(
        Noise.QUIET.forks(random, 5, 5, changed), Noise.QUIET.forks(random, 5, 5, 1));
  }

  /** Of many rows that are slower by just as much as is allowed, how often any is called slower. */
  @Test
  void whatIsSlowerByTheLimitIsHardlyEverShownToBeSlower() {
    SplittableRandom random = new SplittableRandom(SEED);
    Design design = new Design(Kind.SEPARATE, 5, Estimate.Method.STUDENT);
    Rate alarms =
        Rate.of(DRAWS / 4, () -> family(random, design, 20, 1.05, 0).slowerBy(0.05).contains(true));
    assertThat(alarms).as("seed %d", SEED).matches(rate -> rate.isAtMost(LEVEL), "at most 5%");
  }

  private static Family family(
      SplittableRandom random, Design design, int cells, double ratio, double floor) {
    return new Family(
        draws(random, design, Noise.LOGNORMAL, cells, ratio), NoiseFloor.given(floor));
  }

  private static List<Estimate> draws(
      SplittableRandom random, Design design, Noise noise, int cells, double ratio) {
    return Stream.generate(() -> design.draw(random, noise, INFERENCE, ratio, cells))
        .limit(cells)
        .toList();
  }
}
