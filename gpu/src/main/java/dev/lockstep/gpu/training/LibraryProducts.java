package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.Context;
import dev.lockstep.gpu.driver.Cublas;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.ProductMode;
import dev.lockstep.gpu.driver.Stream;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.gpu.kernel.Epilogue;
import dev.lockstep.gpu.kernel.Kernels;
import dev.lockstep.gpu.kernel.Kernels.Operand;
import dev.lockstep.program.ProductShape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Products by cuBLAS. For bfloat16, operands are copied and rounded by the project's kernels;
 * parameters, activations and gradients stay binary32.
 */
final class LibraryProducts implements DeviceProducts {
  private final Cublas cublas;
  private final Kernels kernels;
  private final Closing owned = new Closing();
  private final List<Work> products = new ArrayList<>();
  private final DeviceMemory gradient;
  private final @Nullable RoundedOperands rounded;

  private LibraryProducts(Context context, Cublas cublas, Kernels kernels, long gradientElements) {
    this.cublas = cublas;
    this.kernels = kernels;
    long bytes = gradientElements * Float.BYTES;
    gradient = owned.allocate(() -> DeviceMemory.allocate(context, "a gradient", bytes));
    rounded =
        cublas.mode() == ProductMode.BF16 ? owned.own(new RoundedOperands(context, kernels)) : null;
  }

  /**
   * Allocates memory for a gradient that plain descent consumes; memory for rounded operands is
   * allocated when they are first planned. The caller keeps ownership of library and kernels.
   *
   * @param gradientElements elements of the largest such gradient
   */
  static LibraryProducts open(
      Context context, Cublas cublas, Kernels kernels, long gradientElements) {
    return new LibraryProducts(context, cublas, kernels, gradientElements);
  }

  /** Returns the bytes of device memory for the products of a step or of an evaluation. */
  static long bytes(ProductMode mode, List<ProductShape> shapes, long gradientElements) {
    long rounded =
        mode == ProductMode.BF16
            ? shapes.stream().mapToLong(LibraryProducts::newOperands).sum()
            : 0;
    return gradientElements * Float.BYTES + rounded * mode.operandBytes();
  }

  /**
   * Returns the number of elements of a product's operands that no other product of the network
   * reads: activations and weights for AB, deltas for ATB.
   */
  private static long newOperands(ProductShape shape) {
    return switch (shape.form()) {
      case AB -> shape.sizeOfA() + shape.sizeOfB();
      case ABT -> 0;
      case ATB -> shape.sizeOfB();
    };
  }

  @Override
  public void startPlan() {
    if (rounded != null) {
      rounded.forget();
    }
  }

  /**
   * Supports {@link Epilogue#STORE} and {@link Epilogue#SGD}, whose gradient is consumed at once.
   */
  @Override
  public List<Work> product(
      ProductShape shape,
      DeviceMemory a,
      DeviceMemory b,
      DeviceMemory c,
      Epilogue epilogue,
      Operand operand) {
    return switch (epilogue.kind()) {
      case STORE -> multiply(shape, a, b, c);
      case SGD -> {
        List<Work> works = multiply(shape, a, b, gradient);
        works.add(kernels.sgd(c, gradient, shape.sizeOfC(), operand.rate(), operand.state()));
        yield works;
      }
      case ACTIVATE, DERIVATIVE ->
          throw new IllegalArgumentException("a library's product has no epilogue " + epilogue);
    };
  }

  private List<Work> multiply(ProductShape shape, DeviceMemory a, DeviceMemory b, DeviceMemory c) {
    List<Work> works = new ArrayList<>();
    DeviceMemory left = rounded == null ? a : rounded.of(a, shape.sizeOfA(), works);
    DeviceMemory right = rounded == null ? b : rounded.of(b, shape.sizeOfB(), works);
    Work multiply = cublas.product(shape.form(), shape.m(), shape.n(), shape.k(), left, right, c);
    products.add(multiply);
    works.add(multiply);
    return works;
  }

  @Override
  public void changed(DeviceMemory tensor) {
    if (rounded != null) {
      rounded.changed(tensor);
    }
  }

  /**
   * Runs every product once, because the library chooses and loads a kernel at the first call of a
   * shape.
   */
  @Override
  public void warmUp(Stream stream) {
    products.forEach(product -> product.into(stream));
  }

  @Override
  public void close() {
    owned.close();
  }
}
