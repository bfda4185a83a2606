package dev.lockstep.backend;

import dev.lockstep.scenario.Workload;

/** Does what a sound backend does, but for the methods that a test overrides. */
public interface DelegatingBackend extends Backend {

  /** What does it otherwise. */
  Backend sound();

  @Override
  default Kind kind() {
    return sound().kind();
  }

  @Override
  default OperandRounding operandRounding() {
    return sound().operandRounding();
  }

  @Override
  default Subnormals subnormals() {
    return sound().subnormals();
  }

  @Override
  default Availability availability(Resources resources) {
    return sound().availability(resources);
  }

  @Override
  default Trainer open(Workload workload, Resources resources) {
    return sound().open(workload, resources);
  }

  @Override
  default Operations operations(Resources resources) {
    return sound().operations(resources);
  }
}
