package dev.lockstep.scenario;

import dev.lockstep.data.Dataset;
import dev.lockstep.model.FloatMatrix;
import dev.lockstep.model.InputException;
import dev.lockstep.model.Network;
import dev.lockstep.model.Optimizer;
import dev.lockstep.model.Parameters;

/**
 * A scenario made concrete, once, on the host: what every backend is given, bit for bit the same.
 *
 * @param network shapes and activation
 * @param initial parameters before the first step; a scenario's are binary32, and may be drawn anew
 *     whenever they are read; backends copy them, rounded to their precision
 * @param optimizer the update rule, rates in binary32
 * @param data rows to train on and to test on
 * @param batch rows of a step
 * @param seed of the batches' order
 */
public record Workload(
    Network network, Parameters initial, Optimizer optimizer, Dataset data, int batch, long seed) {

  public Workload {
    initial.requireShapeOf(network);
    if (batch < 1 || batch > data.train().rows()) {
      throw new InputException(
          "scenario",
          "batch",
          batch,
          "expected 1 to " + data.train().rows() + ", the training rows of " + data.name());
    }
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

  /** The order of the rows; a new object, since it is not thread-safe. */
  public Batches batches() {
    return new Batches(data.train().rows(), batch, seed);
  }
}
