package dev.lockstep.cpu;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendContract;

/** The oracle of rounding error, within bounds. */
final class DoubleContractTest extends BackendContract {
  @Override
  protected Backend backend() {
    return new DoubleBackend();
  }
}
