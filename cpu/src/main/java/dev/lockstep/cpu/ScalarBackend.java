package dev.lockstep.cpu;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Timed;
import dev.lockstep.backend.Trainer;
import dev.lockstep.backend.Work;
import dev.lockstep.scenario.Workload;

/** Runs canonical arithmetic in plain loops on one thread, as the exact reference. */
public final class ScalarBackend implements Backend {

  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public Kind kind() {
    return Kind.EXACT;
  }

  @Override
  public int mostThreads() {
    return 1;
  }

  @Override
  public Speed speed() {
    return Speed.REFERENCE;
  }

  @Override
  public Availability availability(Resources resources) {
    return new Availability.Available("plain Java loops, one thread");
  }

  @Override
  public Trainer open(Workload workload, Resources resources) {
    return new HostTrainer<>(new FloatKernels(), workload);
  }

  @Override
  public Operations operations(Resources resources) {
    return new HostOperations<>(new FloatKernels());
  }

  @Override
  public boolean times(Class<? extends Work.OnTensors> work) {
    return work == Work.Product.class || work == Work.Operation.class;
  }

  @Override
  public Timed.Tensors timed(Work.OnTensors work, Resources resources) {
    return new HostTimed<>(new FloatKernels(), work, new Resources(1));
  }
}
