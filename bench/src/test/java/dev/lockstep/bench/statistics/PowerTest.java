package dev.lockstep.bench.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.bench.statistics.Design.Kind;
import dev.lockstep.bench.statistics.Estimate.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How often a true difference of 5% is found; the figures are those of COMPARE.md. */
final class PowerTest {

  private static final long SEED = 33;
  private static final Path DOCUMENT = Path.of("COMPARE.md");
  private static final double EFFECT = 1.05;
  private static final int MANY = 20;
  private static final double[] BETWEEN = {0.005, 0.01, 0.02, 0.04};
  private static final Inference INFERENCE = new Inference(ForkLevel.MEDIAN, SEED, 799);
  private static final NoiseFloor FLOOR = NoiseFloor.given(NoiseFloor.LEAST);

  @Test
  void theTableOfTheDocumentIsDrawnHere() throws Exception {
    List<String> rows = new ArrayList<>();
    for (Design design : Design.ALL) {
      StringBuilder row = new StringBuilder("| " + name(design) + " |");
      for (double between : BETWEEN) {
        List<Estimate> drawn = draws(design, between, 1);
        // The size of the family chooses a method for blocks only.
        List<Estimate> drawnForMany =
            design.kind() == Kind.BLOCKS ? draws(design, between, MANY) : drawn;
        row.append(
            String.format(
                Locale.ROOT,
                " %.0f%% / %.0f%% |",
                percent(found(drawn, 1)),
                percent(found(drawnForMany, MANY))));
      }
      rows.add(row.toString());
    }
    DrawnTable.require(DOCUMENT, "\\| \\d+ (forks|blocks) .*%.*", rows);
  }

  private static String name(Design design) {
    return switch (design.kind()) {
      case SEPARATE -> design.forks() + " forks each";
      case BLOCKS -> design.forks() + " blocks of ABBA";
    };
  }

  private static double percent(Rate rate) {
    return 100 * rate.share();
  }

  private static List<Estimate> draws(Design design, double between, int family) {
    SplittableRandom random = new SplittableRandom(SEED);
    Noise noise = Noise.QUIET.betweenForks(between);
    int draws = design.method() == Method.HIERARCHICAL_BOOTSTRAP ? 200 : 500;
    return Stream.generate(() -> design.draw(random, noise, INFERENCE, EFFECT, family))
        .limit(draws)
        .toList();
  }

  /** A family whose other comparisons show nothing is Holm's hardest. */
  private static Rate found(List<Estimate> drawn, int family) {
    List<Estimate> nothing = Collections.nCopies(family - 1, new Unbounded(1));
    int hits = 0;
    for (Estimate ratio : drawn) {
      List<Estimate> ratios = Stream.concat(Stream.of(ratio), nothing.stream()).toList();
      Verdict verdict = new Family(ratios, FLOOR).judgements().getFirst().verdict();
      hits += verdict == Verdict.SLOWER ? 1 : 0;
    }
    return new Rate(hits, drawn.size());
  }

  @Test
  void moreForksFindMore() {
    Design few = new Design(Kind.SEPARATE, 3, Method.STUDENT);
    Design more = new Design(Kind.SEPARATE, 7, Method.STUDENT);
    assertThat(found(draws(more, 0.02, 1), 1).share())
        .as("seed %d", SEED)
        .isGreaterThan(found(draws(few, 0.02, 1), 1).share() + 0.2);
  }
}
