package dev.lockstep.bench.study;

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

/**
 * What the claims are put to: one backend and one data set. Networks have two hidden layers of
 * equal width.
 *
 * @param width units of a hidden layer, at least 2
 * @param batch rows of a step
 * @param steps of a training that is to get somewhere
 * @param seed of the first drawing
 * @param trained tanh networks by what they started from: several claims look at the same ones
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

  /**
   * How many different networks the claims keep that they have trained to the end: equal, two
   * random, Hadamard.
   */
  static final int TRAINED = 4;

  /** What a network starts from. */
  record Start(Initialization initialization, long seed) {}

  /** A network that was trained to the end. */
  record Trained(Parameters parameters, double accuracy) {}

  /**
   * The workload of an initialisation. Equal units follow the quotient rule, so that they move as
   * one unit does, whatever the width.
   */
  Workload workload(Activation activation, Initialization initialization, long seed) {
    return scenario(activation, initialization, 0, seed).prepare(data);
  }

  /** Equal units, to whose biases each step adds noise. */
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

  /** The same with tanh and the first seed. */
  Workload workload(Initialization initialization) {
    return workload(Activation.TANH, initialization, seed);
  }

  /** The network of a workload. */
  Network network() {
    return new Network(data.inputs(), List.of(width, width), Activation.TANH, data.classes());
  }

  Trainer open(Workload workload) {
    return backend.open(workload, resources);
  }

  /** The tanh network of an initialisation, trained when it is first asked for. */
  Trained trained(Initialization initialization, long seed) {
    return trained.computeIfAbsent(
        new Start(initialization, seed),
        start -> train(workload(Activation.TANH, start.initialization(), start.seed())));
  }

  /** The same with the first seed. */
  Trained trained(Initialization initialization) {
    return trained(initialization, seed);
  }

  /** What it lacks of the usual study. */
  Shortage shortage() {
    return new Shortage(steps, batch, width, FeatureScale.of(data));
  }

  /**
   * Sees that a training has not overflowed.
   *
   * @throws NotFinite if it has, so that it shows nothing
   */
  void requireFinite(Trainer trainer) {
    if (trainer.stoppedAt().isPresent()) {
      throw new NotFinite(trainer.stoppedAt().getAsLong() + 1);
    }
  }

  /** A training stopped, because its loss was not finite. */
  static final class NotFinite extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotFinite(long step) {
      super("the loss was not finite at step " + step);
    }
  }

  /** A network that nobody else asks for. */
  Trained train(Workload workload) {
    return train(workload, steps);
  }

  /** The same, for so many steps. */
  Trained train(Workload workload, int length) {
    try (Trainer trainer = open(workload)) {
      trainer.run(length);
      requireFinite(trainer);
      return new Trained(trainer.parameters(), trainer.evaluate(data.test()).accuracy());
    }
  }

  /**
   * Classes of equal units in a hidden layer, of parameters or of gradients. On a library the sign
   * of a zero does not count.
   */
  int classes(Parameters parameters, int hidden) {
    return UnitClasses.of(UnitSlices.of(parameters, hidden)).decisive(backend.kind()).count();
  }
}
