package dev.lockstep.bench.cells;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.DelegatingBackend;
import dev.lockstep.backend.DelegatingTrainer;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Probe;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.Workload;

/**
 * A backend that, at one step, moves one weight into the last unit of the first hidden layer by one
 * ulp: what a kernel does that rounds differently in its tail.
 *
 * @param sound what it does otherwise
 * @param kind what it passes itself off as
 * @param operandRounding likewise
 * @param faultyStep counted from 1
 */
public record FaultyBackend(
    Backend sound, Kind kind, OperandRounding operandRounding, int faultyStep)
    implements DelegatingBackend {

  /** An exact backend. */
  public FaultyBackend(Backend sound, int faultyStep) {
    this(sound, Kind.EXACT, OperandRounding.NONE, faultyStep);
  }

  @Override
  public String name() {
    return "faulty";
  }

  @Override
  public Trainer open(Workload workload, Resources resources) {
    return new FaultyTrainer(sound.open(workload, resources), faultyStep);
  }

  private record FaultyTrainer(Trainer sound, int faultyStep) implements DelegatingTrainer {

    @Override
    public double[] run(int steps) {
      double[] losses = new double[steps];
      for (int s = 0; s < steps; s++) {
        losses[s] = sound.run(1)[0];
        disturb();
      }
      return losses;
    }

    @Override
    public Probe probe() {
      Probe probe = sound.probe();
      disturb();
      return probe;
    }

    private void disturb() {
      if (sound.step() == faultyStep) {
        Parameters parameters = sound.parameters();
        FloatMatrix w = (FloatMatrix) parameters.weights(0);
        w.data()[w.columns() - 1] = Math.nextUp(w.data()[w.columns() - 1]);
        sound.restore(parameters, sound.moments(), sound.step());
      }
    }
  }
}
