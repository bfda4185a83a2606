package dev.lockstep.peers;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendContract;

/** What a library owes that computes the whole step. */
final class LibtorchContractTest extends BackendContract {
  @Override
  protected Backend backend() {
    return new LibtorchBackend();
  }
}
