package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.Stream;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.gpu.kernel.Epilogue;
import dev.lockstep.gpu.kernel.Kernels;
import dev.lockstep.gpu.kernel.Kernels.Operand;
import dev.lockstep.program.ProductShape;
import java.util.List;

/** Products by the project's own kernels, each in one launch with its epilogue. */
final class CanonicalProducts implements DeviceProducts {
  private final Kernels kernels;

  /** The kernels stay their owner's. */
  CanonicalProducts(Kernels kernels) {
    this.kernels = kernels;
  }

  @Override
  public void startPlan() {}

  @Override
  public List<Work> product(
      ProductShape shape,
      DeviceMemory a,
      DeviceMemory b,
      DeviceMemory c,
      Epilogue epilogue,
      Operand operand) {
    return List.of(kernels.product(shape, a, b, c, epilogue, operand));
  }

  @Override
  public void changed(DeviceMemory tensor) {}

  /** Nothing: kernels of a loaded module can be recorded at once. */
  @Override
  public void warmUp(Stream stream) {}

  @Override
  public void close() {}
}
