package dev.lockstep.bench.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** How often moderated intervals contain the truth; the figures are those of benchmarking.md. */
final class ModerationTest {

  private static final long SEED = 19;
  private static final int DRAWS = 4_000;
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
      RunInference<Integer> inference =
          RunInference.of(INFERENCE, run.forks(forks), RunInference.EVERY_FORK);
      List<Integer> fifth = run.noisiestFifth();
      for (int i = 0; i < run.deviations().length; i++) {
        Interval interval = inference.time(i).interval(Inference.CONFIDENCE).orElseThrow();
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

  @Test
  void theTableOfTheDocumentIsDrawnHere() throws Exception {
    for (int cases : new int[] {8, 24, 96}) {
      for (Scatter scatter : Scatter.values()) {
        StringBuilder row = new StringBuilder("| " + cases + " cases, " + scatter + " |");
        for (int forks : new int[] {2, 3, 5}) {
          row.append(tally(scatter, cases, forks).text());
        }
        System.out.println(row);
      }
    }
  }
}
