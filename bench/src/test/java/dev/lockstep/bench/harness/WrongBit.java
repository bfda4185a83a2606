package dev.lockstep.bench.harness;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.DelegatingBackend;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Timed;
import dev.lockstep.backend.Trainer;
import dev.lockstep.backend.Work;
import dev.lockstep.bench.cells.FaultyBackend;
import dev.lockstep.scenario.Workload;

/**
 * A backend of which everything is right but one last bit: of the last element of a product or an
 * elementwise operation, from some verification on, and of a weight in the second step.
 *
 * @param sound what it does otherwise
 * @param soundReadings how often results are read before they are wrong
 */
record WrongBit(Backend sound, int soundReadings) implements DelegatingBackend {

  @Override
  public String name() {
    return "wrong-bit";
  }

  @Override
  public Trainer open(Workload workload, Resources resources) {
    return new FaultyBackend(sound, 2).open(workload, resources);
  }

  @Override
  public boolean times(Class<? extends Work.OnTensors> work) {
    return true;
  }

  @Override
  public Timed.Tensors timed(Work.OnTensors work, Resources resources) {
    // A verification of an operation looks at what was timed and, then, at what it computes.
    int sounds = work instanceof Work.Product ? soundReadings : 2 * soundReadings;
    return new AlteredWork(
        sound.timed(work, resources),
        (reading, part) -> {
          if (reading >= sounds) {
            float[] data = part.data();
            data[data.length - 1] = Math.nextUp(data[data.length - 1]);
          }
        });
  }
}
