package dev.lockstep.gpu.emulated;

import dev.lockstep.backend.Backend;
import dev.lockstep.backend.BackendContract;
import dev.lockstep.backend.Extent;
import dev.lockstep.gpu.training.CublasBf16Backend;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code cublas-bf16} on the emulated device. */
@ExtendWith(FreshDevice.class)
@Tag("thorough")
final class CublasBf16ContractTest extends BackendContract {

  @Override
  protected Backend backend() {
    return new CublasBf16Backend();
  }

  @Override
  protected Extent extent() {
    return Extent.MODERATE;
  }
}
