package dev.lockstep.gpu.emulated;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendContract;
import dev.lockstep.backend.Extent;
import dev.lockstep.gpu.training.CudaBackend;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code cuda} on the emulated device. */
@ExtendWith(FreshDevice.class)
final class CudaContractTest extends BackendContract {

  @Override
  protected Backend backend() {
    return new CudaBackend();
  }

  @Override
  protected Extent extent() {
    return Extent.MODERATE;
  }
}
