package dev.lockstep.backend;

import dev.lockstep.data.Examples;
import dev.lockstep.model.Parameters;
import java.util.List;
import java.util.OptionalLong;

/** Does what a sound trainer does, but for the methods that a test overrides. */
public interface DelegatingTrainer extends Trainer {

  /** What does it otherwise. */
  Trainer sound();

  @Override
  default double[] run(int steps) {
    return sound().run(steps);
  }

  @Override
  default Probe probe() {
    return sound().probe();
  }

  @Override
  default long step() {
    return sound().step();
  }

  @Override
  default Parameters parameters() {
    return sound().parameters();
  }

  @Override
  default List<Parameters> moments() {
    return sound().moments();
  }

  @Override
  default void restore(Parameters parameters, List<Parameters> moments, long step) {
    sound().restore(parameters, moments, step);
  }

  @Override
  default OptionalLong stoppedAt() {
    return sound().stoppedAt();
  }

  @Override
  default Evaluation evaluate(Examples examples) {
    return sound().evaluate(examples);
  }

  @Override
  default void close() {
    sound().close();
  }
}
