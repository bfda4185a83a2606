package dev.lockstep.scenario;

import dev.lockstep.data.Dataset;
import dev.lockstep.input.InputException;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Initializer;
import dev.lockstep.model.Learning;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network;
import dev.lockstep.model.Network.Normalization;
import dev.lockstep.model.Parameters;
import dev.lockstep.model.UnitNoise;
import java.util.List;
import java.util.Optional;

/**
 * Everything that determines a run. Equal scenarios give equal bits on every exact backend and
 * every machine.
 *
 * @param data where the rows come from
 * @param hidden units of each hidden layer
 * @param normalization of the hidden layers
 * @param activation of the hidden layers
 * @param initialization how the parameters are drawn
 * @param loss the function that training minimises
 * @param noise standard deviation of the {@link UnitNoise} of hidden units; 0 for none
 * @param learning how gradients become new parameters
 * @param batch rows of a step
 * @param steps to train
 * @param seed of the parameters, the order of the rows, noise, and synthetic data
 */
public record Scenario(
    DataSource data,
    List<Integer> hidden,
    Normalization normalization,
    Activation activation,
    Initialization initialization,
    Loss loss,
    double noise,
    Learning learning,
    int batch,
    int steps,
    long seed) {

  /** Without normalization. */
  public Scenario(
      DataSource data,
      List<Integer> hidden,
      Activation activation,
      Initialization initialization,
      Loss loss,
      double noise,
      Learning learning,
      int batch,
      int steps,
      long seed) {
    this(
        data,
        hidden,
        Normalization.NONE,
        activation,
        initialization,
        loss,
        noise,
        learning,
        batch,
        steps,
        seed);
  }

  /** Without noise. */
  public Scenario(
      DataSource data,
      List<Integer> hidden,
      Activation activation,
      Initialization initialization,
      Loss loss,
      Learning learning,
      int batch,
      int steps,
      long seed) {
    this(data, hidden, activation, initialization, loss, 0, learning, batch, steps, seed);
  }

  /** With cross-entropy and plain gradient descent at a constant rate. */
  public Scenario(
      DataSource data,
      List<Integer> hidden,
      Activation activation,
      Initialization initialization,
      LearningRate learningRate,
      int batch,
      int steps,
      long seed) {
    this(
        data,
        hidden,
        activation,
        initialization,
        Loss.CROSS_ENTROPY,
        Learning.sgd(learningRate),
        batch,
        steps,
        seed);
  }

  public Scenario {
    hidden = List.copyOf(hidden);
    noise = UnitNoise.requireDeviation("scenario", noise);
    if (steps < 0) {
      throw new InputException("scenario", "steps", steps, "expected 0 or more");
    }
    if (batch < 1) {
      throw new InputException("scenario", "batch", batch, "expected at least 1");
    }
    if (batch == 1 && normalization == Normalization.BATCH) {
      throw new InputException(
          "scenario", "batch", batch, "expected at least 2 with normalization batch");
    }
    for (int units : hidden) {
      if (units < 1) {
        throw new InputException("scenario", "hidden", units, "expected widths of at least 1");
      }
    }
  }

  /**
   * Whether all units of a hidden layer start equal and no noise separates them, so that they must
   * stay in lockstep.
   */
  public boolean unitsStayEqual() {
    return initialization.unitsStartEqual() && noise == 0;
  }

  /** Whether all units of a hidden layer start equal and noise separates them. */
  public boolean noiseSetsApart() {
    return initialization.unitsStartEqual() && noise != 0;
  }

  /** The network for data of that shape. */
  public Network network(Dataset dataset) {
    return new Network(dataset.inputs(), hidden, normalization, activation, dataset.classes());
  }

  /**
   * Reads the data and draws the parameters.
   *
   * @throws InputException if the data cannot be read, the batch is larger than it, the rates do
   *     not fit the network, or the network does not fit the memory
   */
  public Workload prepare() {
    return prepare(data.load(seed));
  }

  /**
   * Draws the parameters for data that was already read from {@link #data}.
   *
   * @throws InputException as {@link #prepare()} does
   */
  public Workload prepare(Dataset dataset) {
    Network network = network(dataset);
    MemoryNeed.ofData(dataset)
        .plus(MemoryNeed.ofInitialParameters(network))
        .plus(MemoryNeed.ofTrainer(network, batch, dataset.test().rows(), Float.BYTES))
        .plus(MemoryNeed.ofMoments(network, learning.rule(), Float.BYTES))
        .require(network);
    return workload(network, Initializer.draw(network, initialization, seed), dataset);
  }

  /**
   * Prepares parameters that are drawn whenever they are read, for backends that keep tensors
   * outside the heap. Neither the parameters nor a trainer count as heap memory.
   */
  public Workload prepareOnReading(Dataset dataset) {
    Network network = network(dataset);
    MemoryNeed.ofData(dataset).require(network);
    return workload(network, Initializer.onReading(network, initialization, seed), dataset);
  }

  private Workload workload(Network network, Parameters initial, Dataset dataset) {
    return new Workload(
        network,
        initial,
        loss,
        new UnitNoise(noise, seed),
        learning.optimizer(network),
        dataset,
        batch,
        seed,
        Optional.of(this));
  }
}
