package dev.lockstep.scenario;

import dev.lockstep.model.InputException;
import dev.lockstep.model.Network;
import java.util.Locale;

/**
 * What a run needs at least, found before anything is allocated.
 *
 * @param bytes heap
 */
public record MemoryNeed(long bytes) {

  private static final int FLOAT = Float.BYTES;

  /**
   * One trainer in binary32: initial parameters, parameters, gradients and a snapshot; activations
   * and deltas of a batch; activations of the rows it is evaluated on.
   */
  public static MemoryNeed ofTraining(Network network, int batch, int evaluatedRows) {
    long parameters = Math.multiplyExact(4L * FLOAT, network.parameterCount());
    long batches = Math.multiplyExact(2L * FLOAT * batch, network.activationCount());
    long evaluation = Math.multiplyExact((long) FLOAT * evaluatedRows, network.activationCount());
    return new MemoryNeed(Math.addExact(parameters, Math.addExact(batches, evaluation)));
  }

  /**
   * @throws InputException if this JVM's heap cannot grow to it
   */
  public void require(Network network) {
    long most = Runtime.getRuntime().maxMemory();
    if (bytes > most) {
      throw new InputException(
          "scenario",
          "network",
          network,
          "expected one that fits the memory: it needs %s and the JVM may use %s (option -Xmx)"
              .formatted(human(bytes), human(most)));
    }
  }

  private static String human(long bytes) {
    double gib = bytes / (double) (1L << 30);
    return gib >= 1
        ? String.format(Locale.ROOT, "%.1f GiB", gib)
        : String.format(Locale.ROOT, "%.0f MiB", gib * 1024);
  }
}
