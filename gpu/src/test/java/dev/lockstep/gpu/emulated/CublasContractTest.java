package dev.lockstep.gpu.emulated;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendContract;
import dev.lockstep.backend.Extent;
import dev.lockstep.gpu.training.CublasBackend;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code cublas} on the emulated device. */
@ExtendWith(FreshDevice.class)
final class CublasContractTest extends BackendContract {

  @Override
  protected Backend backend() {
    return new CublasBackend();
  }

  @Override
  protected Extent extent() {
    return Extent.MODERATE;
  }
}
