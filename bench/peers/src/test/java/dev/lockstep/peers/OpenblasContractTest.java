package dev.lockstep.peers;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendContract;

/** What every library owes. */
final class OpenblasContractTest extends BackendContract {
  @Override
  protected Backend backend() {
    return new OpenblasBackend();
  }
}
