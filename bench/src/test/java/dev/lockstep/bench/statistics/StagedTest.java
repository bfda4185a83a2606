package dev.lockstep.bench.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * How often intervals hold whose number of forks depends on the forks; the figures are those of
 * benchmarking.md.
 */
final class StagedTest {

  private static final long SEED = 1945;
  private static final Path DOCUMENT = Path.of("../docs/benchmarking.md");
  private static final int FIRST = 3;
  private static final int MOST = 8;
  private static final double WITHIN = 0.03;

  /** So few cases that are called known, of thousands, say nothing of a share of them. */
  private static final int FEW = 20;

  private static final double[] SCATTERS = {0.01, 0.02, 0.03, 0.05, 0.08, 0.12};
  private static final Inference INFERENCE = new Inference(ForkLevel.MEDIAN);

  /** Results of simulated cases whose true time is 1. */
  private static final class Tally {
    int cases;
    int held;
    int known;
    int rightlyKnown;

    void add(Interval interval, boolean isKnown) {
      double centre = Math.sqrt(interval.lower() * interval.upper());
      cases++;
      held += interval.contains(1) ? 1 : 0;
      known += isKnown ? 1 : 0;
      rightlyKnown += isKnown && Math.abs(Math.log(centre)) <= Math.log1p(WITHIN) ? 1 : 0;
    }

    String text() {
      return String.format(
          Locale.ROOT,
          " %.0f%% / %.1f%% / %s |",
          100.0 * held / cases,
          100.0 * known / cases,
          known < FEW ? "-" : String.format(Locale.ROOT, "%.0f%%", 100.0 * rightlyKnown / known));
    }

    Rate missed() {
      return new Rate(cases - held, cases);
    }

    /** Of the cases that are called known. */
    Rate wronglyKnown() {
      return new Rate(known - rightlyKnown, known);
    }
  }

  /** Stops as soon as the interval is narrow, as benchmarks usually do. */
  private static Tally sequential(double scatter, int draws) {
    SplittableRandom random = new SplittableRandom(SEED);
    Tally tally = new Tally();
    for (int i = 0; i < draws; i++) {
      double[] logs = Scatter.EQUAL.draw(random, 1, MOST, scatter).logs()[0];
      for (int forks = FIRST; forks <= MOST; forks++) {
        Interval interval = student(Arrays.copyOf(logs, forks));
        boolean narrow = interval.relativeHalfWidth() <= WITHIN;
        if (narrow || forks == MOST) {
          tally.add(interval, narrow);
          break;
        }
      }
    }
    return tally;
  }

  private static Interval student(double[] logs) {
    return Student.ofMean(logs, Estimate.Method.STUDENT)
        .interval(Inference.CONFIDENCE)
        .orElseThrow();
  }

  /** As BenchRun measures. */
  private static Tally twoStages(Scatter scatter, double deviation, int cases, int draws) {
    SplittableRandom random = new SplittableRandom(SEED);
    Tally tally = new Tally();
    for (int i = 0; i < draws / cases; i++) {
      Scatter.Run run = scatter.draw(random, cases, MOST, deviation);
      RunInference<Integer> first = RunInference.of(INFERENCE, run.forks(FIRST), FIRST);
      int[] forks =
          IntStream.range(0, cases).map(of -> first.staged(of).wanted(WITHIN, MOST)).toArray();
      RunInference<Integer> all = RunInference.of(INFERENCE, run.forks(of -> forks[of]), FIRST);
      for (int each = 0; each < cases; each++) {
        tally.add(
            all.time(each).interval(Inference.CONFIDENCE).orElseThrow(),
            all.staged(each).isKnown(all.time(each), WITHIN));
      }
    }
    return tally;
  }

  @Test
  void theTableOfTheDocumentIsDrawnHere() throws Exception {
    List<String> rows = new ArrayList<>();
    for (double scatter : SCATTERS) {
      Tally alone = twoStages(Scatter.EQUAL, scatter, 1, 6_000);
      Tally alike = twoStages(Scatter.EQUAL, scatter, 24, 3_000);
      Tally different = twoStages(Scatter.SPREAD, scatter, 24, 3_000);
      for (Tally tally : List.of(alone, alike, different)) {
        assertThat(tally.missed())
            .as("seed %d, scatter %s", SEED, scatter)
            .matches(rate -> rate.isAtMost(0.05), "at most 5%");
        assertThat(tally.wronglyKnown())
            .as("seed %d, scatter %s", SEED, scatter)
            .matches(rate -> rate.isAtMost(0.05), "at most 5%");
      }
      rows.add(
          String.format(Locale.ROOT, "| scatter of %.0f%% |", 100 * scatter)
              + sequential(scatter, 6_000).text()
              + alone.text()
              + alike.text()
              + different.text());
    }
    DrawnTable.require(DOCUMENT, "\\| scatter of .*%.*", rows);
  }

  /** Why there are two stages. */
  @Test
  void stoppingWhenTheIntervalIsNarrowMissesTooOften() {
    Tally tally = sequential(0.05, 4_000);
    assertThat(tally.missed().isAtMost(0.07)).isFalse();
    assertThat((double) tally.rightlyKnown / tally.known).isBetween(0.6, 0.9);
  }

  /** The bootstrap if the first eight forks suffice, else t with their variance. */
  @Test
  void timesOfEightForksAndMoreAreMissedAtMostAsOftenAsStated() {
    Inference inference = new Inference(ForkLevel.MEDIAN, SEED, 199);
    for (double scatter : new double[] {0.02, 0.03, 0.05}) {
      SplittableRandom random = new SplittableRandom(SEED);
      List<Estimate.Method> methods = new ArrayList<>();
      Rate missed =
          Rate.of(
              700,
              () -> {
                Scatter.Run run = Scatter.EQUAL.draw(random, 1, 20, scatter);
                int forks =
                    RunInference.of(inference, run.forks(8), 8).staged(0).wanted(WITHIN, 20);
                Estimate time = RunInference.of(inference, run.forks(forks), 8).time(0);
                methods.add(time.method());
                return !time.interval(Inference.CONFIDENCE).orElseThrow().contains(1);
              });
      assertThat(missed)
          .as("seed %d, scatter %s", SEED, scatter)
          .matches(rate -> rate.isAtMost(0.05), "at most 5%");
      if (scatter == 0.03) {
        assertThat(methods)
            .contains(Estimate.Method.STUDENT, Estimate.Method.HIERARCHICAL_BOOTSTRAP);
      }
    }
  }

  /** Signed ranks of blocks keep their rate although the first blocks choose their number. */
  @Test
  void ratiosOfBlocksAreMissedAtMostAsOftenAsStated() {
    for (double scatter : SCATTERS) {
      for (int firstStage : new int[] {3, 6}) {
        SplittableRandom random = new SplittableRandom(SEED);
        Rate missed =
            Rate.of(
                2_000,
                () -> {
                  double[] logs = Scatter.EQUAL.draw(random, 1, 12, scatter).logs()[0];
                  int blocks = staged(logs, firstStage, firstStage).wanted(WITHIN, 12);
                  return !INFERENCE
                      .ratio(
                          staged(logs, blocks, firstStage),
                          ModerationTest.blocks(Arrays.copyOf(logs, blocks)),
                          1)
                      .interval(Inference.CONFIDENCE)
                      .orElseThrow()
                      .contains(1);
                });
        assertThat(missed)
            .as("seed %d, scatter %s, first %d blocks", SEED, scatter, firstStage)
            .matches(rate -> rate.isAtMost(0.05), "at most 5%");
      }
    }
  }

  private static Staged staged(double[] logs, int blocks, int firstStage) {
    return INFERENCE
        .staged(List.of(ModerationTest.blocks(Arrays.copyOf(logs, blocks))), firstStage)
        .getFirst();
  }

  private static Staged measured(double variance, double degrees, double... logs) {
    return new Staged(logs, 3, new Component(variance, degrees), Estimate.Method.STUDENT);
  }

  @Test
  void theFirstStageAsksOnce() {
    double[] three = {0.1, 0.2, 0.3};
    // Half the interval is 1.96 s / sqrt(n) if the variance is known.
    double quiet = Math.pow(Math.log1p(WITHIN) / 1.96, 2);
    assertThat(measured(quiet, 1e9, three).wanted(WITHIN, 8)).isEqualTo(3);
    assertThat(measured(3.9 * quiet, 1e9, three).wanted(WITHIN, 8)).isEqualTo(4);
    assertThat(measured(7 * quiet, 1e9, three).wanted(WITHIN, 8)).isBetween(7, 8);
    assertThat(measured(100 * quiet, 1e9, three).wanted(WITHIN, 8)).isEqualTo(8);
    assertThat(measured(Double.NaN, 0, 0.1).wanted(WITHIN, 8)).as("one fork").isEqualTo(8);
    assertThat(measured(0, 2, 0.1, 0.1, 0.1).wanted(WITHIN, 8)).as("copies").isEqualTo(8);
    assertThat(measured(3.9 * quiet, 1e9, 0.1, 0.2, 0.3, 7).wanted(WITHIN, 8))
        .as("of a resumed run, whatever its second stage is")
        .isEqualTo(4);
    // With two degrees of freedom t is 4.3; two more are needed to bear it out in any case, and
    // with so few the bound of the variance is 13 times the variance.
    assertThat(measured(quiet / 100, 2, three).wanted(WITHIN, 8)).isEqualTo(5);
    assertThat(measured(quiet, 2, three).wanted(WITHIN, 8)).isEqualTo(7);
  }

  /** Three forks that are alike by luck, then two that are not. */
  @Test
  void whatLaterForksContradictIsNotKnown() {
    double variance = 0.004 * 0.004;
    Staged first = measured(variance, 8, 0, 0.004, -0.004);
    assertThat(first.isKnown(first.estimate(), WITHIN)).isTrue();
    Staged all = measured(variance, 8, 0, 0.004, -0.004, 0.08, -0.09);
    assertThat(all.estimate().interval(Inference.CONFIDENCE).orElseThrow().relativeHalfWidth())
        .isLessThan(WITHIN);
    assertThat(all.isKnown(all.estimate(), WITHIN)).isFalse();
    assertThat(all.isKnown(all.estimate(), 0.1)).isTrue();
    assertThat(first.isKnown(new Unbounded(1), WITHIN)).as("no interval").isFalse();
  }
}
