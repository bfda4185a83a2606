package dev.lockstep.cpu;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Timed;
import dev.lockstep.backend.Trainer;
import dev.lockstep.backend.Work;
import dev.lockstep.scenario.Workload;

/**
 * Training with the products of a library on the host: parameters, data and activations lie in
 * native memory, where the library reads and writes them, and everything else is canonical
 * arithmetic on vectors and threads. What such a backend is made of.
 */
public final class NativeTraining {

  private NativeTraining() {}

  /** Whether the canonical part can run here. */
  public static Availability availability(Resources resources) {
    return new VectorBackend().availability(resources);
  }

  /** A trainer at step 0 with the workload's initial parameters. */
  public static Trainer trainer(NativeProducts products, Workload workload, Resources resources) {
    return new HostTrainer<>(new NativeKernels(products, resources.threads()), workload);
  }

  /** The single operations of such a trainer. */
  public static Operations operations(NativeProducts products, Resources resources) {
    return new HostOperations<>(new NativeKernels(products, resources.threads()));
  }

  /** One product, to be timed. */
  public static Timed.Tensors timed(NativeProducts products, Work.OnTensors work) {
    return new HostTimed<>(new NativeKernels(products, 1), work, new Resources(1));
  }
}
