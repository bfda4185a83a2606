package dev.lockstep.cpu;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendContract;
import org.junit.jupiter.api.Tag;

/** The Vector API and threads against the definition and the plain loops. */
@Tag("vector-width")
final class VectorContractTest extends BackendContract {
  @Override
  protected Backend backend() {
    return new VectorBackend();
  }
}
