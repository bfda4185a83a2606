package dev.lockstep.gpu.training;

import dev.lockstep.backend.Availability;
import dev.lockstep.gpu.discovery.ComputeCapability;
import dev.lockstep.gpu.discovery.CudaMachine;
import dev.lockstep.gpu.driver.ProductMode;
import dev.lockstep.program.ProductShape;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who computes the products of a backend on CUDA. */
enum Products {
  /** The project's own kernels, in canonical order. */
  CANONICAL(null, CudaMachine.OLDEST_DEVICE),
  /** cuBLAS, binary32, default math. */
  CUBLAS(ProductMode.FP32, CudaMachine.OLDEST_DEVICE),
  /** cuBLAS, binary32, none but plain algorithms. */
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

  /** How cuBLAS is told to multiply; empty if it is not used. */
  Optional<ProductMode> mode() {
    return mode;
  }

  /**
   * The most bytes of the device that products of these shapes allocate at once.
   *
   * @param gradientElements of the largest product that descent uses up
   */
  long bytes(List<ProductShape> shapes, long gradientElements) {
    return mode.map(
            how ->
                Math.max(
                    LibraryProducts.bytes(how, shapes, gradientElements),
                    ModeCanary.bytes(how, shapes)))
        .orElse(0L);
  }

  /** Whether this can be done on a device. */
  Availability availability(int device) {
    CudaMachine machine = CudaMachine.look();
    return mode.isPresent()
        ? machine.products(device, oldestDevice)
        : machine.kernels(device, oldestDevice);
  }
}
