package dev.lockstep.bench.measure;

import dev.lockstep.bench.flags.Bounds;
import dev.lockstep.bench.flags.FlagValues;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags for the number of forks, their length and the target precision. */
final class PaceOptions {
  private static final Pattern FORKS = Pattern.compile("([1-9]\\d{0,2})(?:\\.\\.([1-9]\\d{0,2}))?");
  private static final Pattern PERCENT = Pattern.compile("(\\d{1,2}(?:\\.\\d{1,3})?)%");
  private static final Bounds ITERATIONS = new Bounds(1, Limits.ITERATIONS.count());

  @Option(
      names = "--forks",
      paramLabel = "N..M",
      description =
          "Fresh JVMs for each case: N, and then once as many more, up to M in all, as the target"
              + " precision needs (default: 3..8; with --versus, where two make a block, 12..24;"
              + " with --quick 3).")
  @Nullable String forks;

  @Option(
      names = "--within",
      paramLabel = "P",
      description =
          "Target precision: half the 95%% interval, in percent of the median (default: 3%%).")
  @Nullable String within;

  @Option(
      names = "--warm-ups",
      converter = WarmUps.class,
      paramLabel = "N",
      description =
          "Warm-up iterations (default: 5; with --quick 4). With 0 a fork does not wait for the"
              + " JVM's compiler either: enough to try flags, not to time.")
  @Nullable Integer warmUps;

  @Option(
      names = "--iterations",
      converter = Iterations.class,
      paramLabel = "N",
      description = "Measured iterations (default: 5; with --quick 3).")
  @Nullable Integer iterations;

  @Option(
      names = "--iteration",
      converter = FlagValues.Times.class,
      paramLabel = "T",
      description = "Shortest time of an iteration (default: 500ms; with --quick 250ms).")
  @Nullable Duration iteration;

  private static final class WarmUps extends FlagValues.Numbers {
    WarmUps() {
      super(ITERATIONS.from(0));
    }
  }

  private static final class Iterations extends FlagValues.Numbers {
    Iterations() {
      super(ITERATIONS);
    }
  }

  /** Returns the pace that the flags ask for, with {@code usual} as the default. */
  Pace pace(Pace usual) {
    int fewest = usual.fewest();
    int most = usual.most();
    if (forks != null) {
      Matcher matcher = FORKS.matcher(forks);
      if (!matcher.matches()) {
        throw new InputException("--forks", "forks", forks, "expected N or N..M, such as 3..8");
      }
      fewest = Integer.parseInt(matcher.group(1));
      most = matcher.group(2) == null ? fewest : Integer.parseInt(matcher.group(2));
      if (most < fewest) {
        throw new InputException("--forks", "forks", forks, "expected the larger number second");
      }
    }
    return new Pace(
        warmUps == null ? usual.warmUps() : warmUps,
        iterations == null ? usual.iterations() : iterations,
        iteration == null ? usual.iteration() : iteration,
        fewest,
        most,
        share(usual.within()));
  }

  private double share(double usual) {
    if (within == null) {
      return usual;
    }
    Matcher matcher = PERCENT.matcher(within);
    if (!matcher.matches() || Double.parseDouble(matcher.group(1)) == 0) {
      throw new InputException("--within", "share", within, "expected a percentage such as 2%");
    }
    return Double.parseDouble(matcher.group(1)) / 100;
  }
}
