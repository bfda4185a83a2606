package dev.lockstep.bench.study;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Evaluation;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.bench.study.UnitStudy.Moment;
import dev.lockstep.bench.study.UnitStudy.Quality;
import dev.lockstep.data.Dataset;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.Divergence;
import dev.lockstep.symmetry.UnitClasses;
import dev.lockstep.symmetry.UnitSlices;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One training of a network with one hidden layer, which is looked at after chosen steps.
 *
 * @param parameters the parameters after each chosen step
 * @param qualities the quality after each chosen step
 */
record UnitTraining(List<Parameters> parameters, List<Quality> qualities) {

  private static final int FULL = 100;

  /**
   * Trains a network.
   *
   * @param at the steps after which it is looked at, ascending
   * @param looked called with each step
   * @throws Stage.NotFinite if the training overflows
   */
  static UnitTraining of(
      Backend backend, Resources resources, Workload workload, List<Integer> at, Runnable looked) {
    List<Parameters> parameters = new ArrayList<>();
    List<Quality> qualities = new ArrayList<>();
    try (Trainer trainer = backend.open(workload, resources)) {
      for (int step : at) {
        trainer.run(step - (int) trainer.step());
        Stage.requireFinite(trainer);
        parameters.add(trainer.parameters());
        qualities.add(quality(trainer, workload.data()));
        looked.run();
      }
    }
    return new UnitTraining(parameters, qualities);
  }

  private static Quality quality(Trainer trainer, Dataset data) {
    Evaluation train = trainer.evaluate(data.train());
    Evaluation test = trainer.evaluate(data.test());
    return new Quality(
        trainer.step(), train.loss(), (int) Math.round(test.accuracy() * data.test().rows()));
  }

  Parameters last() {
    return parameters.getLast();
  }

  Quality end() {
    return qualities.getLast();
  }

  /**
   * What a page shows.
   *
   * @param scale the magnitude of a weight that is written as 100
   */
  List<Moment> moments(double scale) {
    return IntStream.range(0, parameters.size())
        .mapToObj(i -> moment(qualities.get(i), parameters.get(i), scale))
        .toList();
  }

  private static Moment moment(Quality quality, Parameters parameters, double scale) {
    UnitSlices units = UnitSlices.of(parameters, 0);
    int[] classOf = UnitClasses.of(units).classOf();
    List<List<Integer>> weights =
        Arrays.stream(classOf)
            .distinct()
            .sorted()
            .mapToObj(j -> weights(parameters, j, scale))
            .toList();
    double spread = Divergence.relativeSpread(units);
    return new Moment(
        quality,
        Arrays.stream(classOf).boxed().toList(),
        weights,
        cosines(parameters.weights(0)),
        Double.isFinite(spread) ? spread : null);
  }

  /** The incoming weights of every unit, in percent of the scale. */
  static List<List<Integer>> weights(Parameters parameters, double scale) {
    return IntStream.range(0, parameters.weights(0).columns())
        .mapToObj(unit -> weights(parameters, unit, scale))
        .toList();
  }

  private static List<Integer> weights(Parameters parameters, int unit, double scale) {
    Matrix weights = parameters.weights(0);
    return IntStream.range(0, weights.rows())
        .mapToObj(
            i ->
                (int)
                    Math.round(
                        Math.clamp(
                            FULL * weights.value(i * weights.columns() + unit) / scale,
                            -FULL,
                            FULL)))
        .toList();
  }

  /** Row by row, the cosines of each unit's incoming weights with those of the units before it. */
  private static List<Integer> cosines(Matrix weights) {
    List<Integer> cosines = new ArrayList<>();
    for (int unit = 1; unit < weights.columns(); unit++) {
      for (int other = 0; other < unit; other++) {
        double dot = dot(weights, unit, other);
        double norms = Math.sqrt(dot(weights, unit, unit) * dot(weights, other, other));
        cosines.add(norms == 0 ? 0 : (int) Math.round(FULL * dot / norms));
      }
    }
    return cosines;
  }

  private static double dot(Matrix weights, int one, int other) {
    int units = weights.columns();
    double dot = 0;
    for (int i = 0; i < weights.rows(); i++) {
      dot += weights.value(i * units + one) * weights.value(i * units + other);
    }
    return dot;
  }
}
