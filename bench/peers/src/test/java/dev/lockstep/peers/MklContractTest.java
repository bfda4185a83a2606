package dev.lockstep.peers;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendContract;

/** What every library owes. */
final class MklContractTest extends BackendContract {
  @Override
  protected Backend backend() {
    return new MklBackend();
  }
}
