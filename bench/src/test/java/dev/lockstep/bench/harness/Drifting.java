package dev.lockstep.bench.harness;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.DelegatingBackend;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Timed;
import dev.lockstep.backend.Work;

/**
 * A backend whose elementwise operations are sound, but leave a subnormal number when they are
 * timed.
 *
 * @param sound what computes
 * @param soundVerifications before that
 */
record Drifting(Backend sound, int soundVerifications) implements DelegatingBackend {

  @Override
  public String name() {
    return "drifting";
  }

  @Override
  public boolean times(Class<? extends Work.OnTensors> work) {
    return true;
  }

  @Override
  public Timed.Tensors timed(Work.OnTensors work, Resources resources) {
    return new AlteredWork(
        sound.timed(work, resources),
        (reading, part) -> {
          // The first reading of a verification is of what was timed.
          if (reading == 2 * soundVerifications) {
            part.data()[0] = Float.MIN_VALUE;
          }
        });
  }
}
