package dev.lockstep.bench.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How often moderated intervals contain the truth; the figures are those of benchmarking.md. */
final class ModerationTest {

  private static final long SEED = 19;
  private static final int DRAWS = 4_000;
  private static final Path DOCUMENT = Path.of("../docs/benchmarking.md");
  private static final double DEVIATION = 0.03;
  private static final Inference INFERENCE = new Inference(ForkLevel.MEDIAN);

  /** Results of simulated runs. */
  private static final class Tally {
    int intervals;
    int missed;
    int intervalsOfTheFifth;
    int missedOfTheFifth;
    final List<Double> halves = new ArrayList<>();

    void add(Scatter.Run run, int forks) {
      add(run, RunInference.of(INFERENCE, run.forks(forks), RunInference.EVERY_FORK)::time);
    }

    void add(Scatter.Run run, IntFunction<Estimate> times) {
      List<Integer> fifth = run.noisiestFifth();
      for (int i = 0; i < run.deviations().length; i++) {
        Interval interval = times.apply(i).interval(Inference.CONFIDENCE).orElseThrow();
        int miss = interval.contains(1) ? 0 : 1;
        halves.add(interval.relativeHalfWidth());
        intervals++;
        missed += miss;
        if (fifth.contains(i)) {
          intervalsOfTheFifth++;
          missedOfTheFifth += miss;
        }
      }
    }

    String text() {
      halves.sort(null);
      return String.format(
          Locale.ROOT,
          " %.0f%% / %.0f%% / %.1f%% |",
          100 - 100.0 * missed / intervals,
          100 - 100.0 * missedOfTheFifth / intervalsOfTheFifth,
          100 * halves.get(halves.size() / 2));
    }
  }

  private static Tally tally(Scatter scatter, int cases, int forks) {
    SplittableRandom random = new SplittableRandom(SEED);
    Tally tally = new Tally();
    for (int i = 0; i < DRAWS / cases; i++) {
      tally.add(scatter.draw(random, cases, forks, DEVIATION), forks);
    }
    return tally;
  }

  private static Tally alone(int forks) {
    SplittableRandom random = new SplittableRandom(SEED);
    Tally tally = new Tally();
    for (int i = 0; i < DRAWS / 24; i++) {
      Scatter.Run run = Scatter.EQUAL.draw(random, 24, forks, DEVIATION);
      tally.add(run, of -> INFERENCE.time(run.forks(of, forks)));
    }
    return tally;
  }

  @Test
  void theTableOfTheDocumentIsDrawnHere() throws Exception {
    List<String> rows = new ArrayList<>();
    rows.add("| 24 cases, alike, each by itself |" + alone(2).text() + alone(3).text());
    for (int cases : new int[] {8, 24, 96}) {
      for (Scatter scatter : Scatter.values()) {
        StringBuilder row = new StringBuilder("| " + cases + " cases, " + scatter + " |");
        for (int forks : new int[] {2, 3}) {
          Tally tally = tally(scatter, cases, forks);
          row.append(tally.text());
          assertThat(new Rate(tally.missed, tally.intervals).share())
              .as("seed %d, %s, %d cases, %d forks", SEED, scatter, cases, forks)
              .isLessThan(0.06);
        }
        rows.add(row.toString());
      }
    }
    DrawnTable.require(DOCUMENT, "\\| \\d+ cases, .*%.*", rows);
  }

  private static double half(Estimate time) {
    return time.interval(Inference.CONFIDENCE).orElseThrow().relativeHalfWidth();
  }

  /** Noise that all cases of a round share is no reason to draw towards a variance without it. */
  @Test
  void withoutTheRoundsEffectsTimesWouldBeMissed() {
    SplittableRandom random = new SplittableRandom(SEED);
    int forks = 3;
    int kept = 0;
    int draws = 0;
    for (int i = 0; i < 100; i++) {
      Scatter.Run run = Scatter.ROUNDS.draw(random, 24, forks, DEVIATION);
      Moderation moderation = Moderation.of(Arrays.asList(run.logs())).orElseThrow();
      for (int row = 0; row < 24; row++) {
        Component own = moderation.own(row).orElseThrow().times(1.0 / forks);
        Estimate ignoring =
            Student.of(Student.mean(run.logs()[row]), own, Estimate.Method.MODERATED);
        kept += ignoring.interval(Inference.CONFIDENCE).orElseThrow().contains(1) ? 1 : 0;
        draws++;
      }
    }
    assertThat((double) kept / draws).as("seed %d", SEED).isLessThan(0.93);
  }

  @Test
  void belowEightCasesEachStandsAlone() {
    Scatter.Run run = Scatter.EQUAL.draw(new SplittableRandom(SEED), 7, 3, DEVIATION);
    RunInference<Integer> seven = RunInference.of(INFERENCE, run.forks(3), RunInference.EVERY_FORK);
    assertThat(seven.moderated()).isEmpty();
    assertThat(seven.time(0)).isEqualTo(INFERENCE.time(run.forks(0, 3)));
    assertThat(seven.time(0).method()).isEqualTo(Estimate.Method.STUDENT);
  }

  /** One fork, forks that are equal, and fewer forks than the others have. */
  @Test
  void casesWithFewerForksTakePart() {
    Scatter.Run run = Scatter.EQUAL.draw(new SplittableRandom(SEED), 12, 3, DEVIATION);
    Arrays.fill(run.logs()[3], 0.5);
    RunInference<Integer> inference =
        RunInference.of(
            INFERENCE, run.forks(i -> i == 1 ? 1 : i == 2 ? 2 : 3), RunInference.EVERY_FORK);
    assertThat(inference.moderated().orElseThrow().benchmarks()).isEqualTo(10);
    assertThat(inference.time(1).interval(Inference.CONFIDENCE)).isEmpty();
    assertThat(inference.time(3).interval(Inference.CONFIDENCE)).isEmpty();
    assertThat(inference.ratio(1, 0).interval(Inference.CONFIDENCE)).isEmpty();
    assertThat(half(inference.time(2))).isGreaterThan(half(inference.time(0)));
    assertThat(inference.time(2).method()).isEqualTo(Estimate.Method.MODERATED);
  }

  /** All cases but one scatter by little; it must not get their narrow interval. */
  @Test
  void anOutlierKeepsItsOwnVariance() {
    Scatter.Run run = Scatter.EQUAL.draw(new SplittableRandom(SEED), 24, 5, 0.001);
    run.logs()[7] = new double[] {0, 0.3, -0.2, 0.1, -0.1};
    RunInference<Integer> inference =
        RunInference.of(INFERENCE, run.forks(5), RunInference.EVERY_FORK);
    assertThat(half(inference.time(7))).isGreaterThan(0.15);
    assertThat(half(inference.time(8))).isLessThan(0.002);
  }

  /** Short times scatter more. */
  @Test
  void theVariancesMayDependOnTheTime() {
    SplittableRandom random = new SplittableRandom(SEED);
    Rate missed =
        Rate.of(
            100,
            () -> {
              List<double[]> rows = new ArrayList<>();
              double last = 0;
              for (int i = 0; i < 24; i++) {
                double deviation = 0.1 * Math.exp(-0.2 * i);
                double[] row = new double[3];
                for (int fork = 0; fork < 3; fork++) {
                  row[fork] = i + deviation * random.nextGaussian();
                }
                rows.add(row);
                last = deviation;
              }
              Component shortest = Moderation.of(rows).orElseThrow().own(0).orElseThrow();
              Component longest = Moderation.of(rows).orElseThrow().own(23).orElseThrow();
              return !(shortest.variance() > 20 * longest.variance()
                  && longest.variance() < 20 * last * last);
            });
    assertThat(missed.share()).as("seed %d", SEED).isLessThan(0.1);
  }

  /**
   * Of a table of equal times, how often any is called different. Only where one of four cases
   * scatters ten times as much as the others, which two forks do not show, it is more than 5%.
   */
  @Test
  void amongManyRatiosHolmKeepsTheRateOfAnyFalseAlarm() {
    for (Scatter scatter : Scatter.values()) {
      for (int forks : new int[] {2, 3}) {
        SplittableRandom random = new SplittableRandom(SEED);
        int cases = 20;
        Rate withinARun =
            Rate.of(
                150,
                () -> {
                  RunInference<Integer> run = draw(random, scatter, 2 * cases, forks);
                  return alarms(cases, i -> run.ratio(i, cases + i));
                });
        Rate betweenRuns =
            Rate.of(
                150,
                () -> {
                  RunInference<Integer> a = draw(random, scatter, cases, forks);
                  RunInference<Integer> b = draw(random, scatter, cases, forks);
                  return alarms(cases, i -> b.ratio(i, a, i));
                });
        assertThat(List.of(withinARun, betweenRuns))
            .as("seed %d, %s, %d forks", SEED, scatter, forks)
            .allMatch(rate -> rate.isAtMost(0.05));
      }
    }
  }

  private static RunInference<Integer> draw(
      SplittableRandom random, Scatter scatter, int cases, int forks) {
    return RunInference.of(
        INFERENCE,
        scatter.draw(random, cases, forks, DEVIATION).forks(forks),
        RunInference.EVERY_FORK);
  }

  private static boolean alarms(int cases, IntFunction<Estimate> ratio) {
    return new Family(IntStream.range(0, cases).mapToObj(ratio).toList(), NoiseFloor.given(0))
        .judgements().stream().anyMatch(judgement -> judgement.difference() <= 0.05);
  }

  /** The same for ratios of blocks, whose variances are moderated too. */
  @Test
  void amongManyPairsOfFewBlocksHolmKeepsTheRateOfAnyFalseAlarm() {
    for (Scatter scatter : Scatter.values()) {
      for (int blocks : new int[] {2, 3}) {
        SplittableRandom random = new SplittableRandom(SEED);
        List<Estimate> drawn = new ArrayList<>();
        Rate alarms =
            Rate.of(
                150,
                () -> {
                  List<Blocks> pairs =
                      Stream.of(scatter.draw(random, 20, blocks, DEVIATION).logs())
                          .map(ModerationTest::blocks)
                          .toList();
                  List<Estimate> ratios =
                      INFERENCE.staged(pairs, RunInference.EVERY_FORK).stream()
                          .map(Staged::estimate)
                          .toList();
                  drawn.addAll(ratios);
                  return alarms(20, ratios::get);
                });
        assertThat(alarms)
            .as("seed %d, %s, %d blocks", SEED, scatter, blocks)
            .matches(rate -> rate.isAtMost(0.05));
        assertThat(drawn).allMatch(each -> each.method() == Estimate.Method.PAIRED_MODERATED);
        long missed =
            drawn.stream()
                .filter(each -> !each.interval(Inference.CONFIDENCE).orElseThrow().contains(1))
                .count();
        assertThat((double) missed / drawn.size()).isLessThan(0.06);
      }
    }
  }

  static Blocks blocks(double[] logRatios) {
    Forks one = new Forks(List.of(new double[] {1}));
    return new Blocks(
        DoubleStream.of(logRatios)
            .mapToObj(
                log -> new Blocks.Block(new Forks(List.of(new double[] {Math.exp(log)})), one))
            .toList());
  }
}
