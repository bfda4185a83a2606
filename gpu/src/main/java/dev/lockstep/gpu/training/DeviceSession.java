package dev.lockstep.gpu.training;

import dev.lockstep.gpu.discovery.CudaMachine;
import dev.lockstep.gpu.discovery.CudaNatives;
import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.Context;
import dev.lockstep.gpu.driver.Cublas;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.Stream;
import dev.lockstep.gpu.kernel.Kernels;
import dev.lockstep.program.ProductShape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thread's use of one device: a context, a stream, the kernels and, for the backends that need
 * it, cuBLAS on that stream.
 */
final class DeviceSession implements Closing.Resource {
  final int device;
  final Context context;
  final Stream stream;
  final Kernels kernels;
  final Staging staging;
  private final @Nullable Cublas cublas;
  private final Closing owned = new Closing();

  private DeviceSession(Products products, int device, DeviceNeed need) {
    this.device = device;
    context = owned.allocate(() -> Context.open(device));
    stream = owned.allocate(Stream::open);
    kernels = owned.allocate(() -> Kernels.load(context));
    staging = owned.allocate(() -> Staging.open(stream));
    require(need);
    cublas =
        products
            .mode()
            .map(mode -> owned.allocate(() -> Cublas.open(context, stream, mode)))
            .orElse(null);
  }

  /**
   * Loads CUDA's libraries, if that has not been done, and opens the device.
   *
   * @param need of all that is to be done in it, its own included
   * @throws dev.lockstep.backend.UnavailableException if a library cannot be loaded, or if less
   *     memory is free than is needed
   * @throws dev.lockstep.gpu.driver.CudaFault if the device cannot be used
   */
  static DeviceSession open(Products products, int device, DeviceNeed need) {
    CudaMachine machine = CudaMachine.look();
    if (products.mode().isPresent()) {
      CudaNatives.loadCublas(machine);
    } else {
      CudaNatives.loadDriver(machine);
    }
    return new DeviceSession(products, device, need);
  }

  /** With no need but its own. */
  static DeviceSession open(Products products, int device) {
    return open(products, device, DeviceNeed.ofSession(products));
  }

  /** Before cuBLAS allocates its workspace. */
  private void require(DeviceNeed need) {
    try {
      need.require(context, device);
    } catch (RuntimeException e) {
      owned.closeAfter(e);
      throw e;
    }
  }

  /**
   * The backend's products, with room for these shapes; to be closed before this.
   *
   * @param gradientElements of the largest product that descent uses up
   * @throws dev.lockstep.backend.UnavailableException if the library does not multiply as it was
   *     asked to
   */
  DeviceProducts products(List<ProductShape> shapes, long gradientElements) {
    if (cublas == null || shapes.isEmpty()) {
      return (shape, a, b, c, epilogue, operand) ->
          List.of(kernels.product(shape, a, b, c, epilogue, operand));
    }
    ModeCanary.prove(this, cublas, shapes);
    return LibraryProducts.open(context, cublas, kernels, gradientElements);
  }

  /** Memory for so many binary32 numbers or ints. */
  DeviceMemory allocate(String tensor, long elements) {
    return DeviceMemory.allocate(context, tensor, elements * Float.BYTES);
  }

  @Override
  public void close() {
    owned.close();
  }
}
