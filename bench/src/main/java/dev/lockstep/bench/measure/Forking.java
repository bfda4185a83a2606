package dev.lockstep.bench.measure;

import dev.lockstep.bench.cases.Case;
import dev.lockstep.bench.flags.Budget;
import dev.lockstep.bench.results.ForkResult;
import dev.lockstep.bench.results.RunLog;
import dev.lockstep.bench.terminal.Printer;
import dev.lockstep.bench.terminal.ProgressDisplay;
import dev.lockstep.bench.terminal.Terminal;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Measures single forks and logs their results. */
final class Forking {
  /** Forks of a case in a row that may stand still. */
  private static final int MOST_ATTEMPTS = 3;

  /** How long a fork may be silent, beyond what its operations account for. */
  private static final Duration PATIENCE = Duration.ofMinutes(30);

  /** How much slower than forecast a backend may be: the forecast is of a fast one. */
  private static final int SLOWEST = 100;

  private final RunLog log;
  private final JmhFork jvm;
  private final ClassPaths classPaths;
  private final Forecast forecast;

  /** Chooses the class path of a case's forks. */
  @FunctionalInterface
  interface ClassPaths {
    String of(Case measured);
  }

  Forking(RunLog log, JmhFork jvm, Pace pace, ClassPaths classPaths) {
    this.log = log;
    this.jvm = jvm;
    this.classPaths = classPaths;
    forecast = new Forecast(pace);
    forecast.learn(log.results());
  }

  /** Returns how long forks will take. */
  Forecast forecast() {
    return forecast;
  }

  /**
   * Runs a fork.
   *
   * @param block number of its block; 0 if it belongs to none
   * @return whether the fork has a result; if not, the case has failed and stopped
   */
  boolean measure(Case of, int block) {
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      Optional<Boolean> result = attempt(of, block);
      if (result.isPresent()) {
        return result.get();
      }
    }
    log.fail(of, "the JVM stood still in each of " + MOST_ATTEMPTS + " forks");
    return false;
  }

  /** Returns the same, or empty if the fork does not count because its JVM stood still. */
  private Optional<Boolean> attempt(Case of, int block) {
    long start = System.nanoTime();
    JmhFork.Outcome outcome = jvm.run(of, classPaths.of(of), silence(of));
    double seconds = (System.nanoTime() - start) * 1e-9;
    forecast.learn(of, seconds);
    return switch (outcome) {
      case JmhFork.Outcome.Failed(String reason) -> {
        log.fail(of, reason);
        yield Optional.of(false);
      }
      case JmhFork.Outcome.StoodStill(double milliseconds) -> {
        log.setAside(of, milliseconds);
        Printer.progress()
            .line(
                String.format(
                    Locale.ROOT,
                    "lockstep: sets aside a fork of %s, in which the JVM stood still for %.1f s",
                    of,
                    milliseconds * 1e-3));
        yield Optional.empty();
      }
      case JmhFork.Outcome.Measured measured -> {
        ForkResult fork =
            new ForkResult(
                of,
                log.result(of).forks().size() + 1,
                block,
                seconds,
                measured.benchmark().primary().values(),
                measured.benchmark().deviceNanoseconds(),
                measured.benchmark().programNanoseconds(),
                measured.verifications());
        log.add(fork, measured.benchmark());
        yield Optional.of(true);
      }
    };
  }

  private Duration silence(Case of) {
    return PATIENCE.plusSeconds((long) (SLOWEST * forecast.seconds(of)));
  }

  /**
   * Reports what is being measured and the time left, on the progress bar or, without a terminal,
   * as a line on standard error.
   */
  static void tell(ProgressDisplay progress, String what, double secondsLeft) {
    progress.message(what);
    progress.timeLeft(secondsLeft);
    if (!Terminal.isStandardError()) {
      Printer.progress()
          .line(
              String.format(
                  Locale.ROOT,
                  "lockstep: %s, about %s left",
                  what,
                  Budget.text(Math.round(secondsLeft))));
    }
  }
}
