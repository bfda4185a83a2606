package dev.lockstep.bench.measure;

import dev.lockstep.bench.results.RunPlan;
import java.time.Duration;

/**
 * How long a fork measures and how many forks a case needs.
 *
 * @param warmUps warm-up iterations
 * @param iterations measured iterations
 * @param iteration minimum duration of an iteration
 * @param fewest number of forks of a case in the first stage
 * @param most maximum number of forks of a case in both stages
 * @param within target precision: half the width of the 95% interval, relative to the median
 */
record Pace(int warmUps, int iterations, Duration iteration, int fewest, int most, double within) {

  /** The default. */
  static final Pace USUAL = new Pace(5, 5, Duration.ofMillis(500), 3, 8, 0.03);

  /**
   * The default for two arms: at least six blocks, the fewest from which the signed-rank test can
   * find a difference.
   */
  static final Pace BESIDE = new Pace(5, 5, Duration.ofMillis(500), 12, 24, 0.03);

  /** For {@code --quick}. */
  static final Pace QUICK = new Pace(4, 3, Duration.ofMillis(250), 3, 3, 0.03);

  /** The pace of a run that was begun. */
  static Pace of(RunPlan plan) {
    return new Pace(
        plan.warmUps(),
        plan.iterations(),
        Duration.ofMillis(plan.iterationMs()),
        plan.fewestForks(),
        plan.mostForks(),
        plan.within());
  }

  /** What a run's folder keeps, so that the run can be resumed. */
  RunPlan plan(int device, String arms) {
    return new RunPlan(
        device, arms, warmUps, iterations, iteration.toMillis(), fewest, most, within);
  }
}
