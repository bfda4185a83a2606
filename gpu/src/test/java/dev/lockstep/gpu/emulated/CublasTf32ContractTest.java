package dev.lockstep.gpu.emulated;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendContract;
import dev.lockstep.backend.Extent;
import dev.lockstep.gpu.training.CublasTf32Backend;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code cublas-tf32} on the emulated device. */
@ExtendWith(FreshDevice.class)
@Tag("thorough")
final class CublasTf32ContractTest extends BackendContract {

  @Override
  protected Backend backend() {
    return new CublasTf32Backend();
  }

  @Override
  protected Extent extent() {
    return Extent.MODERATE;
  }
}
