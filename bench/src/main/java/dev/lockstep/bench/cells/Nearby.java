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
 * Runs of an exact backend that differ from a scenario's by nothing but a rounding of the features
 * trained on: how far rounding alone may move the test accuracy in the end.
 *
 * <p>Mostly that is a few rows. But a network on a plateau leaves it when the smallest differences
 * have grown large enough, and two sound runs may do so hundreds of steps apart.
 *
 * @param prepared makes a workload of data
 * @param data of the scenario
 * @param seed of the roundings
 */
record Nearby(Function<Dataset, Workload> prepared, Dataset data, Resources resources, long seed) {

  /** Enough to see the spread where there is one; it is asked for rarely. */
  static final int RUNS = 8;

  private static final double LAST_BIT = 0x1p-23;

  /**
   * Test accuracies after so many steps.
   *
   * @param rounding of the operands of whom they are held against: features are moved by as much,
   *     by the last bit at least
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

  /** Each feature larger or smaller by so much of itself; what is zero stays zero. */
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
