package dev.lockstep.bench.doctor;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.gpu.discovery.CudaMachine;
import dev.lockstep.scenario.Workload;

/**
 * Holds the name {@code cuda} in a build without the CUDA backends, so that a check says that CUDA
 * was not tested and why, where it would otherwise not mention it.
 */
public final class AbsentCuda implements Backend {

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public Kind kind() {
    return Kind.EXACT;
  }

  @Override
  public Availability availability() {
    return CudaMachine.look().kernels(0) instanceof Availability.Available
        ? new Availability.Unavailable(
            new Availability.Reason(
                Availability.Cause.NOT_IN_THIS_BUILD, "this build has no CUDA backends"),
            "use one that has")
        : CudaMachine.look().kernels(0);
  }

  @Override
  public Trainer open(Workload workload, Resources resources) {
    throw new IllegalStateException("cuda cannot run here: " + availability());
  }

  @Override
  public Operations operations(Resources resources) {
    throw new IllegalStateException("cuda cannot run here: " + availability());
  }
}
