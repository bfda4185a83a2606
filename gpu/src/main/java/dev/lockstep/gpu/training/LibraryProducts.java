package dev.lockstep.gpu.training;

import dev.lockstep.backend.ProductForm;
import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.Context;
import dev.lockstep.gpu.driver.Cublas;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.ProductMode;
import dev.lockstep.gpu.driver.Stream;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.gpu.kernel.Kernels;
import dev.lockstep.gpu.kernel.ProductShape;
import dev.lockstep.model.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Products by cuBLAS, everything around them by the project's kernels. In bfloat16 the operands of
 * every product are rounded copies; parameters, activations and gradients stay binary32.
 */
final class LibraryProducts implements LayerProducts {
  private final Cublas cublas;
  private final Kernels kernels;
  private final Closing owned = new Closing();
  private final List<Work> products = new ArrayList<>();
  private final DeviceMemory gradient;
  private final @Nullable DeviceMemory roundedA;
  private final @Nullable DeviceMemory roundedB;

  private LibraryProducts(
      Context context, Cublas cublas, Kernels kernels, List<ProductShape> shapes) {
    this.cublas = cublas;
    this.kernels = kernels;
    List<ProductShape> updates =
        shapes.stream().filter(shape -> shape.form() == ProductForm.ATB).toList();
    gradient = allocate(context, "a gradient", updates, ProductShape::sizeOfC, Float.BYTES);
    boolean rounds = cublas.mode() == ProductMode.BF16;
    int bytes = cublas.mode().operandBytes();
    roundedA = rounds ? allocate(context, "operand A", shapes, ProductShape::sizeOfA, bytes) : null;
    roundedB = rounds ? allocate(context, "operand B", shapes, ProductShape::sizeOfB, bytes) : null;
  }

  /**
   * Allocates what products of these shapes need besides their operands. Library and kernels stay
   * their owner's.
   */
  static LibraryProducts open(
      Context context, Cublas cublas, Kernels kernels, List<ProductShape> shapes) {
    return new LibraryProducts(context, cublas, kernels, shapes);
  }

  /** Bytes of the device that {@link #open} allocates. */
  static long bytes(ProductMode mode, List<ProductShape> shapes) {
    long gradient =
        shapes.stream()
            .filter(shape -> shape.form() == ProductForm.ATB)
            .mapToLong(ProductShape::sizeOfC)
            .max()
            .orElse(0);
    long operands =
        mode == ProductMode.BF16
            ? shapes.stream().mapToLong(ProductShape::sizeOfA).max().orElse(0)
                + shapes.stream().mapToLong(ProductShape::sizeOfB).max().orElse(0)
            : 0;
    return gradient * Float.BYTES + operands * mode.operandBytes();
  }

  private DeviceMemory allocate(
      Context context,
      String tensor,
      List<ProductShape> shapes,
      ToLongFunction<ProductShape> size,
      int elementBytes) {
    long most = shapes.stream().mapToLong(size).max().orElse(0);
    return owned.allocate(() -> DeviceMemory.allocate(context, tensor, most * elementBytes));
  }

  @Override
  public List<Work> product(ProductShape shape, DeviceMemory a, DeviceMemory b, DeviceMemory c) {
    List<Work> works = new ArrayList<>();
    DeviceMemory left = a;
    DeviceMemory right = b;
    if (roundedA != null && roundedB != null) {
      works.add(kernels.roundToBfloat16(a, roundedA, shape.sizeOfA()));
      works.add(kernels.roundToBfloat16(b, roundedB, shape.sizeOfB()));
      left = roundedA;
      right = roundedB;
    }
    Work multiply = cublas.product(shape.form(), shape.m(), shape.n(), shape.k(), left, right, c);
    products.add(multiply);
    works.add(multiply);
    return works;
  }

  @Override
  public List<Work> forward(
      ProductShape shape,
      Activation activation,
      DeviceMemory x,
      DeviceMemory w,
      DeviceMemory bias,
      DeviceMemory a) {
    List<Work> works = product(shape, x, w, a);
    works.add(kernels.biasActivation(activation, a, bias, shape.m(), shape.n()));
    return works;
  }

  @Override
  public List<Work> backward(
      ProductShape shape,
      Activation activation,
      DeviceMemory delta,
      DeviceMemory w,
      DeviceMemory below,
      DeviceMemory deltaBelow) {
    List<Work> works = product(shape, delta, w, deltaBelow);
    works.add(kernels.derivative(activation, deltaBelow, below, shape.sizeOfC()));
    return works;
  }

  @Override
  public List<Work> update(
      ProductShape shape,
      DeviceMemory below,
      DeviceMemory delta,
      DeviceMemory w,
      float rate,
      DeviceMemory state) {
    List<Work> works = product(shape, below, delta, gradient);
    works.add(kernels.sgd(w, gradient, shape.sizeOfC(), rate, state));
    return works;
  }

  /** Every product once: the library chooses and loads its kernel at the first call of a shape. */
  @Override
  public void warmUp(Stream stream) {
    products.forEach(product -> product.into(stream));
  }

  @Override
  public void close() {
    owned.close();
  }
}
