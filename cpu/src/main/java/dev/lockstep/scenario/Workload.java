package dev.lockstep.scenario;

import dev.lockstep.data.Dataset;
import dev.lockstep.input.InputException;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network;
import dev.lockstep.model.Optimizer;
import dev.lockstep.model.Parameters;
import dev.lockstep.model.UnitNoise;
import dev.lockstep.program.StepProgram;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The input of every backend, prepared once on the host from a scenario: the same bits for all.
 *
 * @param network shapes and activation
 * @param initial parameters before the first step; those of a scenario are binary32 and may be
 *     drawn whenever they are read; backends copy them, rounded to their own precision
 * @param loss the function that training minimises
 * @param noise of the hidden units while they are trained
 * @param optimizer the update rule with its settings in binary32
 * @param data rows to train on and to test on
 * @param batch rows of a step
 * @param seed of the batches' order
 * @param origin the scenario that this was prepared from; empty if there is none
 */
public record Workload(
    Network network,
    Parameters initial,
    Loss loss,
    UnitNoise noise,
    Optimizer optimizer,
    Dataset data,
    int batch,
    long seed,
    Optional<Scenario> origin) {

  /** Without a scenario. */
  public Workload(
      Network network,
      Parameters initial,
      Loss loss,
      UnitNoise noise,
      Optimizer optimizer,
      Dataset data,
      int batch,
      long seed) {
    this(network, initial, loss, noise, optimizer, data, batch, seed, Optional.empty());
  }

  /** Without noise. */
  public Workload(
      Network network,
      Parameters initial,
      Loss loss,
      Optimizer optimizer,
      Dataset data,
      int batch,
      long seed) {
    this(network, initial, loss, UnitNoise.none(), optimizer, data, batch, seed);
  }

  public Workload {
    initial.requireOf(network.parameters());
    if (batch < 1 || batch > data.train().rows()) {
      throw new InputException(
          "scenario",
          "batch",
          batch,
          "expected 1 to " + data.train().rows() + ", the training rows of " + data.name());
    }
  }

  /** A copy with other noise. */
  public Workload with(UnitNoise other) {
    return new Workload(network, initial, loss, other, optimizer, data, batch, seed);
  }

  /**
   * Checks a state from which training is to continue.
   *
   * @throws IllegalArgumentException if parameters or moments do not fit the network, or if there
   *     are moments, but not as many as the optimiser's rule keeps
   */
  public void requireShapeOf(Parameters parameters, List<Parameters> moments) {
    parameters.requireOf(network.parameters());
    moments.forEach(moment -> moment.requireOf(network.learned()));
    if (!moments.isEmpty() && moments.size() != optimizer.rule().moments()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%d moments for %s, which keeps %d",
              moments.size(),
              optimizer.rule(),
              optimizer.rule().moments()));
    }
  }

  /** A training step as a list of operations. */
  public StepProgram program() {
    return StepProgram.training(network, loss, optimizer, noise, batch);
  }

  /** The training rows of a step, counted from 0, as a batch x inputs matrix. */
  public FloatMatrix rowsOf(long step) {
    int[] numbers = new int[batch];
    batches().rowsOf(step, numbers);
    int inputs = network.inputs();
    FloatMatrix rows = new FloatMatrix(batch, inputs);
    for (int i = 0; i < batch; i++) {
      System.arraycopy(
          data.train().features(), numbers[i] * inputs, rows.data(), i * inputs, inputs);
    }
    return rows;
  }

  /** The order of the rows. Each call gives a new object, which is not thread-safe. */
  public Batches batches() {
    return new Batches(data.train().rows(), batch, seed);
  }
}
