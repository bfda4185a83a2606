package dev.lockstep.bench.cells;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.data.Dataset;
import dev.lockstep.data.Examples;
import dev.lockstep.scenario.Workload;
import java.util.DoubleSummaryStatistics;
import java.util.Random;
import java.util.function.Function;

/**
 * Repeats a scenario on an exact backend with training features perturbed by one rounding error.
 * The repetitions show how far rounding alone moves the final test accuracy.
 *
 * <p>Usually that is a few rows. But a network leaves a plateau when tiny differences have grown
 * large enough, and two correct runs may do so hundreds of steps apart.
 *
 * @param prepared makes a workload from data
 * @param data the scenario's data
 * @param seed seeds the perturbations
 */
record Nearby(Function<Dataset, Workload> prepared, Dataset data, Resources resources, long seed) {

  /** Enough runs to show the spread. They are needed rarely. */
  static final int RUNS = 8;

  private static final double LAST_BIT = 0x1p-23;

  /**
   * Returns the test accuracies of {@link #RUNS} perturbed runs after {@code steps} steps.
   *
   * @param rounding operand rounding of the backend under test; features change by its relative
   *     error, and by at least the last bit of binary32
   */
  DoubleSummaryStatistics accuracies(Backend exact, OperandRounding rounding, int steps) {
    DoubleSummaryStatistics accuracies = new DoubleSummaryStatistics();
    for (int run = 0; run < RUNS; run++) {
      Dataset moved = moved(Math.max(LAST_BIT, rounding.ofProduct()), new Random(seed + run));
      try (Trainer trainer = exact.open(prepared.apply(moved), resources)) {
        trainer.run(steps);
        accuracies.accept(trainer.evaluate(data.test()).accuracy());
      }
    }
    return accuracies;
  }

  /** Returns the data with each training feature scaled by 1 + much or 1 - much, at random. */
  private Dataset moved(double much, Random signs) {
    Examples train = data.train();
    float[] features = train.features().clone();
    for (int i = 0; i < features.length; i++) {
      float changed = (float) (features[i] * (1 + (signs.nextBoolean() ? much : -much)));
      features[i] = Float.isFinite(changed) ? changed : features[i];
    }
    return new Dataset(
        data.name(),
        data.inputs(),
        data.classes(),
        new Examples(features, train.labels(), train.inputs()),
        data.test());
  }
}
