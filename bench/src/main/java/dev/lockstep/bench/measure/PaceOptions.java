package dev.lockstep.bench.measure;

import dev.lockstep.bench.flags.FlagValues;
import dev.lockstep.bench.results.RunPlan;
import dev.lockstep.input.InputException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags for the number of forks, their length and the target precision. */
final class PaceOptions {
  private static final Pattern FORKS = Pattern.compile("([1-9]\\d{0,2})(?:\\.\\.([1-9]\\d{0,2}))?");
  private static final Pattern PERCENT = Pattern.compile("(\\d{1,2}(?:\\.\\d{1,3})?)%");

  @Option(
      names = "--forks",
      paramLabel = "N..M",
      description =
          "Fresh JVMs for each case: N, and then up to M until the target precision is reached"
              + " (default: 3..8; with --versus, where two make a block, 12..24; with --quick 3).")
  @Nullable String forks;

  @Option(
      names = "--within",
      paramLabel = "P",
      description =
          "Target precision: half the 95%% interval, in percent of the median (default: 3%%).")
  @Nullable String within;

  @Option(
      names = "--warm-ups",
      paramLabel = "N",
      description =
          "Warm-up iterations (default: 5; with --quick 4). With 0 a fork does not wait for the"
              + " JVM's compiler either: enough to try flags, not to time.")
  @Nullable Integer warmUps;

  @Option(
      names = "--iterations",
      paramLabel = "N",
      description = "Measured iterations (default: 5; with --quick 3).")
  @Nullable Integer iterations;

  @Option(
      names = "--iteration",
      converter = FlagValues.Times.class,
      paramLabel = "T",
      description = "Shortest time of an iteration (default: 500ms; with --quick 250ms).")
  @Nullable Duration iteration;

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
        count("--warm-ups", warmUps, 0, usual.warmUps()),
        count("--iterations", iterations, 1, usual.iterations()),
        iteration == null ? usual.iteration() : iteration,
        fewest,
        most,
        share(usual.within()));
  }

  private static int count(String flag, @Nullable Integer given, int fewest, int usual) {
    if (given == null) {
      return usual;
    }
    if (given < fewest || given > RunPlan.MOST_ITERATIONS) {
      throw new InputException(
          flag, "iterations", given, "expected " + fewest + " to " + RunPlan.MOST_ITERATIONS);
    }
    return given;
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
