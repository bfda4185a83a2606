package dev.lockstep.scenario;

import dev.lockstep.data.Dataset;
import dev.lockstep.file.HeapLimit;
import dev.lockstep.input.InputException;
import dev.lockstep.model.Layer;
import dev.lockstep.model.Network;
import dev.lockstep.model.Rule;
import dev.lockstep.program.StepProgram;

/**
 * A lower bound on the heap that a run needs, computed before anything is allocated. It counts the
 * tensors whose size grows with the network, not the garbage collector's headroom.
 *
 * @param bytes bytes of heap
 */
public record MemoryNeed(long bytes) {

  /** Returns the need of a data set: its rows, in binary32, and their labels. */
  public static MemoryNeed ofData(Dataset data) {
    long rows = (long) data.train().rows() + data.test().rows();
    return ofTensors(Float.BYTES, rows * (data.inputs() + 1L), 1);
  }

  /** Returns the need of a scenario's initial parameters, in binary32. */
  public static MemoryNeed ofInitialParameters(Network network) {
    return ofTensors(Float.BYTES, network.parameterCount(), 1);
  }

  /**
   * Returns the need of a trainer: parameters and gradients, the deltas of a batch, and the numbers
   * that layers keep of a batch and of one piece of the evaluated rows.
   *
   * @param elementBytes bytes per number: 4 for binary32, 8 for binary64
   */
  public static MemoryNeed ofTrainer(
      Network network, int batch, int evaluatedRows, int elementBytes) {
    int piece = Math.min(evaluatedRows, StepProgram.MOST_EVALUATED_ROWS);
    return ofTensors(elementBytes, network.parameterCount(), 2)
        .plus(ofTensors(elementBytes, network.keptCount(), (long) batch + piece))
        .plus(ofTensors(elementBytes, network.activationCount(), batch));
  }

  /** Returns the need of a rule's moments. */
  public static MemoryNeed ofMoments(Network network, Rule rule, int elementBytes) {
    return ofTensors(elementBytes, network.parameterCount(), rule.moments());
  }

  /**
   * Returns the need of an evaluation on a device: the logits and losses of the evaluated rows,
   * which are copied to the host.
   */
  public static MemoryNeed ofEvaluation(Network network, int evaluatedRows, int elementBytes) {
    return ofTensors(elementBytes, network.outputs() + 1L, evaluatedRows);
  }

  /** Returns the need of a copy of the parameters, or of their gradients. */
  public static MemoryNeed ofParameters(Network network, int elementBytes) {
    return ofTensors(elementBytes, network.parameterCount(), 1);
  }

  /** Returns the need of a probed step: gradients, and the activations and deltas of a batch. */
  public static MemoryNeed ofProbe(Network network, int batch, int elementBytes) {
    return ofParameters(network, elementBytes)
        .plus(ofTensors(elementBytes, network.activationCount(), 4L * batch));
  }

  /**
   * Returns the need of measuring the divergence of the units of the largest hidden layer: their
   * numbers twice, in binary64.
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
    return new MemoryNeed(product(elementBytes, product(elements, count)));
  }

  /** Returns the need of both at once. */
  public MemoryNeed plus(MemoryNeed other) {
    long sum = bytes + other.bytes;
    return new MemoryNeed(sum < 0 ? Long.MAX_VALUE : sum);
  }

  /** The product of two counts, or the largest number if there is no such long. */
  private static long product(long a, long b) {
    return Math.multiplyHigh(a, b) != 0 || a * b < 0 ? Long.MAX_VALUE : a * b;
  }

  /**
   * Checks that this JVM's heap can grow to this size.
   *
   * @throws InputException naming the network, if it cannot
   */
  public void require(Network network) {
    HeapLimit.require(bytes, "scenario", "network", network);
  }
}
