package dev.lockstep.bench.check;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Backend;
import dev.lockstep.backend.Evaluation;
import dev.lockstep.backend.Kind;
import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Operations;
import dev.lockstep.backend.Probe;
import dev.lockstep.backend.Resources;
import dev.lockstep.backend.Trainer;
import dev.lockstep.data.Examples;
import dev.lockstep.model.FloatMatrix;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.Workload;
import java.util.OptionalLong;

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
    Backend sound, Kind kind, OperandRounding operandRounding, int faultyStep) implements Backend {

  /** An exact backend. */
  public FaultyBackend(Backend sound, int faultyStep) {
    this(sound, Kind.EXACT, OperandRounding.NONE, faultyStep);
  }

  @Override
  public String name() {
    return "faulty";
  }

  @Override
  public Availability availability(Resources resources) {
    return sound.availability(resources);
  }

  @Override
  public Trainer open(Workload workload, Resources resources) {
    return new FaultyTrainer(sound.open(workload, resources), faultyStep);
  }

  @Override
  public Operations operations(Resources resources) {
    return sound.operations(resources);
  }

  private record FaultyTrainer(Trainer sound, int faultyStep) implements Trainer {

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
        FloatMatrix w = (FloatMatrix) parameters.weights().getFirst();
        w.data()[w.columns() - 1] = Math.nextUp(w.data()[w.columns() - 1]);
        sound.restore(parameters, sound.step());
      }
    }

    @Override
    public long step() {
      return sound.step();
    }

    @Override
    public Parameters parameters() {
      return sound.parameters();
    }

    @Override
    public void restore(Parameters parameters, long step) {
      sound.restore(parameters, step);
    }

    @Override
    public OptionalLong stoppedAt() {
      return sound.stoppedAt();
    }

    @Override
    public Evaluation evaluate(Examples examples) {
      return sound.evaluate(examples);
    }

    @Override
    public void close() {
      sound.close();
    }
  }
}
