package dev.lockstep.gpu.training;

import dev.lockstep.backend.Availability;
import dev.lockstep.gpu.discovery.ComputeCapability;
import dev.lockstep.gpu.discovery.CudaMachine;
import dev.lockstep.gpu.driver.ProductMode;
import dev.lockstep.program.ProductShape;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a backend on CUDA computes products. */
enum Products {
  /** The project's own kernels, in canonical order. */
  CANONICAL(null, CudaMachine.OLDEST_DEVICE),
  /** cuBLAS, binary32, default math. */
  CUBLAS(ProductMode.FP32, CudaMachine.OLDEST_DEVICE),
  /** cuBLAS, binary32, pedantic math. */
  CUBLAS_PEDANTIC(ProductMode.FP32_PEDANTIC, CudaMachine.OLDEST_DEVICE),
  /** cuBLAS on tensor cores, operands rounded to TF32. */
  CUBLAS_TF32(ProductMode.TF32, CudaMachine.AMPERE),
  /** cuBLAS on tensor cores, operands rounded to bfloat16. */
  CUBLAS_BF16(ProductMode.BF16, CudaMachine.AMPERE);

  private final Optional<ProductMode> mode;
  private final ComputeCapability oldestDevice;

  Products(@Nullable ProductMode mode, ComputeCapability oldestDevice) {
    this.mode = Optional.ofNullable(mode);
    this.oldestDevice = oldestDevice;
  }

  /** Returns the math mode of cuBLAS; empty if it is not used. */
  Optional<ProductMode> mode() {
    return mode;
  }

  /**
   * Returns the largest number of bytes of device memory that products of these shapes allocate at
   * once.
   *
   * @param gradientElements elements of the largest gradient that plain descent consumes as soon as
   *     it is computed
   */
  long bytes(List<ProductShape> shapes, long gradientElements) {
    return mode.map(
            how ->
                Math.max(
                    LibraryProducts.bytes(how, shapes, gradientElements),
                    ModeCanary.bytes(how, shapes)))
        .orElse(0L);
  }

  /** Returns whether a device and the libraries can compute them. */
  Availability availability(int device) {
    CudaMachine machine = CudaMachine.look();
    return mode.isPresent()
        ? machine.products(device, oldestDevice)
        : machine.kernels(device, oldestDevice);
  }
}
