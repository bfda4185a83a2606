package dev.lockstep.gpu.emulated;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendContract;
import dev.lockstep.backend.Extent;
import dev.lockstep.gpu.training.CublasPedanticBackend;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code cublas-pedantic} on the emulated device. */
@ExtendWith(FreshDevice.class)
@Tag("thorough")
final class CublasPedanticContractTest extends BackendContract {

  @Override
  protected Backend backend() {
    return new CublasPedanticBackend();
  }

  @Override
  protected Extent extent() {
    return Extent.MODERATE;
  }
}
