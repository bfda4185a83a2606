package dev.lockstep.bench.study;

import dev.lockstep.agreement.AccuracyLimit;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.data.Dataset;
import dev.lockstep.data.FeatureScale;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Learning;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.DataSource;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.Workload;
import dev.lockstep.symmetry.UnitClasses;
import dev.lockstep.symmetry.UnitSlices;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The setting of all experiments: one backend and one data set. Networks have two hidden layers of
 * equal width.
 *
 * @param width the units of a hidden layer, at least 2
 * @param batch the rows of a step
 * @param steps the steps of a full training
 * @param seed the seed of the first drawing
 * @param trained fully trained tanh networks, which several claims share, by their start
 */
record Stage(
    Backend backend,
    Resources resources,
    DataSource source,
    Dataset data,
    int width,
    int batch,
    int steps,
    long seed,
    Map<Start, Trained> trained) {

  Stage(
      Backend backend,
      Resources resources,
      DataSource source,
      Dataset data,
      int width,
      int batch,
      int steps,
      long seed) {
    this(backend, resources, source, data, width, batch, steps, seed, new HashMap<>());
  }

  static final int DEPTH = 2;

  private static final double RATE = 0.2;

  /** The number of trained networks that are kept: equal, two random, Hadamard. */
  static final int TRAINED = 4;

  record Start(Initialization initialization, long seed) {}

  record Trained(Parameters parameters, double accuracy) {}

  /**
   * The workload of an initialisation. Equal units use the quotient rule for their learning rate,
   * so that they move like a single unit at any width.
   */
  Workload workload(Activation activation, Initialization initialization, long seed) {
    return scenario(activation, initialization, 0, seed).prepare(data);
  }

  /** The workload of equal tanh units with noise of this standard deviation on each unit. */
  Workload noisy(double noise) {
    return scenario(Activation.TANH, new Initialization.EqualUnits(), noise, seed).prepare(data);
  }

  private Scenario scenario(
      Activation activation, Initialization initialization, double noise, long seed) {
    LearningRate rate =
        initialization instanceof Initialization.EqualUnits
            ? new LearningRate.Quotient(RATE)
            : new LearningRate.Uniform(RATE);
    return new Scenario(
        source,
        List.of(width, width),
        activation,
        initialization,
        Loss.CROSS_ENTROPY,
        noise,
        Learning.sgd(rate),
        batch,
        steps,
        seed);
  }

  /** The workload of an initialisation with tanh and the first seed. */
  Workload workload(Initialization initialization) {
    return workload(Activation.TANH, initialization, seed);
  }

  /** The network of the tanh workloads. */
  Network network() {
    return new Network(data.inputs(), List.of(width, width), Activation.TANH, data.classes());
  }

  Trainer open(Workload workload) {
    return backend.open(workload, resources);
  }

  /** A fully trained tanh network; it is trained on the first call. */
  Trained trained(Initialization initialization, long seed) {
    return trained.computeIfAbsent(
        new Start(initialization, seed),
        start -> train(workload(Activation.TANH, start.initialization(), start.seed())));
  }

  /** A fully trained tanh network with the first seed. */
  Trained trained(Initialization initialization) {
    return trained(initialization, seed);
  }

  /** What this study lacks compared with the default study. */
  Shortage shortage() {
    return new Shortage(steps, batch, width, FeatureScale.of(data));
  }

  /**
   * Checks that a training has not overflowed.
   *
   * @throws NotFinite if it has
   */
  static void requireFinite(Trainer trainer) {
    if (trainer.stoppedAt().isPresent()) {
      throw new NotFinite(trainer.stoppedAt().getAsLong() + 1);
    }
  }

  /** Thrown if a training stopped because its loss was not finite. */
  static final class NotFinite extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotFinite(long step) {
      super("the loss was not finite at step " + step);
    }
  }

  /** Trains a network fully. */
  Trained train(Workload workload) {
    return train(workload, steps);
  }

  /** Trains a network for {@code length} steps. */
  Trained train(Workload workload, int length) {
    try (Trainer trainer = open(workload)) {
      trainer.run(length);
      requireFinite(trainer);
      return new Trained(trainer.parameters(), trainer.evaluate(data.test()).accuracy());
    }
  }

  /**
   * The number of classes of equal units in each hidden layer, by parameters or by gradients. On a
   * library the sign of a zero does not count.
   */
  int[] classes(Parameters parameters) {
    return IntStream.range(0, DEPTH)
        .map(h -> UnitClasses.of(UnitSlices.of(parameters, h)).decisive(backend.kind()).count())
        .toArray();
  }

  /** Whether each hidden layer has this number of classes. */
  static boolean each(int[] classes, int count) {
    return IntStream.of(classes).allMatch(one -> one == count);
  }

  /** Whether one accuracy on the test rows is lower than another by more than chance explains. */
  boolean worse(double accuracy, double than) {
    return new AccuracyLimit(data.test().rows(), accuracy, than, AccuracyLimit.Owed.NOT_WORSE)
            .share()
        > 1;
  }
}
