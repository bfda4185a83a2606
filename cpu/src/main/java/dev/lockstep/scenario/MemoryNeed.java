package dev.lockstep.scenario;

import dev.lockstep.data.Dataset;
import dev.lockstep.file.HeapLimit;
import dev.lockstep.input.InputException;
import dev.lockstep.model.Layer;
import dev.lockstep.model.Network;
import dev.lockstep.model.Rule;
import dev.lockstep.program.StepProgram;

/**
 * What a run needs at least, found before anything is allocated: the tensors whose size grows with
 * the network, not the room that the collector wants besides.
 *
 * @param bytes heap
 */
public record MemoryNeed(long bytes) {

  /** The rows of a data set, in binary32, and their labels. */
  public static MemoryNeed ofData(Dataset data) {
    long rows = (long) data.train().rows() + data.test().rows();
    return ofTensors(Float.BYTES, rows * (data.inputs() + 1L), 1);
  }

  /** Initial parameters of a scenario, in binary32. */
  public static MemoryNeed ofInitialParameters(Network network) {
    return ofTensors(Float.BYTES, network.parameterCount(), 1);
  }

  /**
   * A trainer: parameters and gradients; deltas of a batch; what layers keep of it, and of a piece
   * of the rows it is evaluated on.
   *
   * @param elementBytes 4 for binary32, 8 for binary64
   */
  public static MemoryNeed ofTrainer(
      Network network, int batch, int evaluatedRows, int elementBytes) {
    int piece = Math.min(evaluatedRows, StepProgram.MOST_EVALUATED_ROWS);
    return ofTensors(elementBytes, network.parameterCount(), 2)
        .plus(ofTensors(elementBytes, network.keptCount(), (long) batch + piece))
        .plus(ofTensors(elementBytes, network.activationCount(), batch));
  }

  /** What a rule keeps of the parameters. */
  public static MemoryNeed ofMoments(Network network, Rule rule, int elementBytes) {
    return ofTensors(elementBytes, network.parameterCount(), rule.moments());
  }

  /**
   * What comes back to the host from a trainer whose tensors lie on a device: logits and losses of
   * the rows it is evaluated on.
   */
  public static MemoryNeed ofEvaluation(Network network, int evaluatedRows, int elementBytes) {
    return ofTensors(elementBytes, network.outputs() + 1L, evaluatedRows);
  }

  /** A copy of the parameters, or of as many gradients. */
  public static MemoryNeed ofParameters(Network network, int elementBytes) {
    return ofTensors(elementBytes, network.parameterCount(), 1);
  }

  /** What a probed step keeps: gradients, and the activations and deltas of a batch. */
  public static MemoryNeed ofProbe(Network network, int batch, int elementBytes) {
    return ofParameters(network, elementBytes)
        .plus(ofTensors(elementBytes, network.activationCount(), 2L * batch));
  }

  /**
   * Measuring how far the units of the largest hidden layer are apart: their numbers twice, in
   * binary64.
   */
  public static MemoryNeed ofDivergence(Network network) {
    long most = 0;
    for (int h = 0; h < network.depth(); h++) {
      long numbers = 0;
      for (Layer.Parameter parameter : network.parameters()) {
        boolean ofUnits = parameter.rows().isOfUnits(h) || parameter.columns().isOfUnits(h);
        numbers += ofUnits ? parameter.count() : 0;
      }
      most = Math.max(most, numbers);
    }
    return ofTensors(Double.BYTES, most, 2);
  }

  private static MemoryNeed ofTensors(int elementBytes, long elements, long count) {
    return new MemoryNeed(Math.multiplyExact(elementBytes, Math.multiplyExact(elements, count)));
  }

  /** Both at once. */
  public MemoryNeed plus(MemoryNeed other) {
    return new MemoryNeed(Math.addExact(bytes, other.bytes));
  }

  /**
   * @throws InputException if this JVM's heap cannot grow to it
   */
  public void require(Network network) {
    HeapLimit.require(bytes, "scenario", "network", network);
  }
}
