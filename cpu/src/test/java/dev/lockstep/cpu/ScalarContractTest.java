package dev.lockstep.cpu;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendContract;

/** The plain loops against the definition. */
final class ScalarContractTest extends BackendContract {
  @Override
  protected Backend backend() {
    return new ScalarBackend();
  }
}
