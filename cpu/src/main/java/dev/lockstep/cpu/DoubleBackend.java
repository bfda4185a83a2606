package dev.lockstep.cpu;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.backend.Trainer.Inspection;
import dev.lockstep.scenario.Workload;

/** Runs steps in binary64 in plain loops on one thread, as the oracle of rounding errors. */
public final class DoubleBackend implements Backend {

  @Override
  public String name() {
    return "double";
  }

  @Override
  public Kind kind() {
    return Kind.ORACLE;
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
    // Its products judge no one, and would take much memory.
    return new HostTrainer<>(new DoubleKernels(), workload, Inspection.NO_PRODUCTS);
  }

  @Override
  public Operations operations(Resources resources) {
    return new HostOperations<>(new DoubleKernels());
  }
}
