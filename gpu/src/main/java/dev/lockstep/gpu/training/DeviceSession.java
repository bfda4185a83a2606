package dev.lockstep.gpu.training;

import dev.lockstep.backend.UnavailableException;
import dev.lockstep.gpu.discovery.CudaMachine;
import dev.lockstep.gpu.discovery.CudaNatives;
import dev.lockstep.gpu.discovery.CudaStep;
import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.Context;
import dev.lockstep.gpu.driver.Cublas;
import dev.lockstep.gpu.driver.CudaFault;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.Stream;
import dev.lockstep.gpu.kernel.Kernels;
import dev.lockstep.program.ProductShape;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One thread's session on one device: a context, a stream, the kernels and, for backends that use
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
    context = owned.allocate(() -> orUnavailable(CudaStep.CONTEXT, () -> Context.open(device)));
    stream = owned.allocate(() -> orUnavailable(CudaStep.CONTEXT, Stream::open));
    kernels = owned.allocate(() -> orUnavailable(CudaStep.MODULE, () -> Kernels.load(context)));
    staging = owned.allocate(() -> Staging.open(stream));
    require(need);
    cublas =
        products
            .mode()
            .map(mode -> owned.allocate(() -> Cublas.open(context, stream, mode)))
            .orElse(null);
  }

  /**
   * Loads CUDA's libraries unless they are loaded, and opens the device.
   *
   * @param need device memory for everything the session will do, including its own
   * @throws UnavailableException if a library cannot be loaded, if the machine does not let the
   *     device be used, or if too little memory is free
   * @throws CudaFault if the device fails
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

  /** Opens a session that needs only its own memory. */
  static DeviceSession open(Products products, int device) {
    return open(products, device, DeviceNeed.ofSession(products));
  }

  /** What a machine refuses to any program is no fault of the backend. */
  private <T> T orUnavailable(CudaStep step, Supplier<T> opening) {
    try {
      return opening.get();
    } catch (CudaFault fault) {
      throw CudaMachine.look()
          .refusal(device, step, fault.driverStatus())
          .<RuntimeException>map(why -> new UnavailableException(why.unavailable()))
          .orElse(fault);
    }
  }

  /** Checks the free memory, before cuBLAS allocates its workspace. */
  private void require(DeviceNeed need) {
    try {
      need.require(context, device);
    } catch (RuntimeException e) {
      owned.closeAfter(e);
      throw e;
    }
  }

  /**
   * Returns the backend's products with memory for these shapes; they must be closed before this
   * session.
   *
   * @param gradientElements elements of the largest gradient that plain descent consumes as soon as
   *     it is computed
   * @throws UnavailableException if the library does not multiply in the mode it was asked for
   */
  DeviceProducts products(List<ProductShape> shapes, long gradientElements) {
    if (cublas == null || shapes.isEmpty()) {
      return (shape, a, b, c, epilogue, operand) ->
          List.of(kernels.product(shape, a, b, c, epilogue, operand));
    }
    ModeCanary.prove(this, cublas, shapes);
    return LibraryProducts.open(context, cublas, kernels, gradientElements);
  }

  /**
   * Allocates memory for {@code elements} binary32 numbers or ints.
   *
   * @param tensor name of the tensor, for messages
   */
  DeviceMemory allocate(String tensor, long elements) {
    return DeviceMemory.allocate(context, tensor, elements * Float.BYTES);
  }

  @Override
  public void close() {
    owned.close();
  }
}
