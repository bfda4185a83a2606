package dev.lockstep.cpu;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Timed;
import dev.lockstep.backend.Trainer;
import dev.lockstep.backend.Work;
import dev.lockstep.scenario.Workload;

/**
 * The parts of a backend that trains with the products of a host library. Parameters, data and
 * activations are in native memory, where the library reads and writes them. All other operations
 * are canonical arithmetic on vectors and threads.
 */
public final class NativeTraining {

  private NativeTraining() {}

  /** Returns whether the canonical operations can run on this machine. */
  public static Availability availability(Resources resources) {
    return new VectorBackend().availability(resources);
  }

  /** Opens a trainer at step 0 with the workload's initial parameters. */
  public static Trainer trainer(NativeProducts products, Workload workload, Resources resources) {
    return new HostTrainer<>(new NativeKernels(products, resources.threads()), workload);
  }

  /** Opens the single operations of such a trainer. */
  public static Operations operations(NativeProducts products, Resources resources) {
    return new HostOperations<>(new NativeKernels(products, resources.threads()));
  }

  /** Opens work for timing, on one thread apart from the library's. */
  public static Timed.Tensors timed(NativeProducts products, Work.OnTensors work) {
    return new HostTimed<>(new NativeKernels(products, 1), work, new Resources(1));
  }
}
