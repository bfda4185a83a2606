package dev.lockstep.gpu.training;

import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.Context;
import dev.lockstep.gpu.driver.Cublas;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.ProductMode;
import dev.lockstep.gpu.driver.Stream;
import dev.lockstep.gpu.driver.Work;
import dev.lockstep.gpu.kernel.Kernels;
import dev.lockstep.model.Activation;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Products by cuBLAS, everything around them by the project's kernels. In bfloat16 the operands are
 * rounded copies; parameters, activations and gradients stay binary32.
 */
final class LibraryProducts implements LayerProducts {
  private final Cublas cublas;
  private final Kernels kernels;
  private final Closing owned = new Closing();
  private final List<Work> products = new ArrayList<>();
  private final DeviceMemory gradient;
  private final @Nullable RoundedOperands rounded;

  private LibraryProducts(
      Context context, Cublas cublas, Kernels kernels, List<ProductShape> shapes) {
    this.cublas = cublas;
    this.kernels = kernels;
    long largest = largestGradient(shapes);
    gradient =
        owned.allocate(() -> DeviceMemory.allocate(context, "a gradient", largest * Float.BYTES));
    rounded =
        cublas.mode() == ProductMode.BF16 ? owned.own(new RoundedOperands(context, kernels)) : null;
  }

  /**
   * Allocates room for the largest gradient among these shapes; rounded operands get theirs when
   * they are first planned. Library and kernels stay their owner's.
   */
  static LibraryProducts open(
      Context context, Cublas cublas, Kernels kernels, List<ProductShape> shapes) {
    return new LibraryProducts(context, cublas, kernels, shapes);
  }

  /** Bytes of the device that the products of a network's steps, or of its evaluation, need. */
  static long bytes(ProductMode mode, List<ProductShape> shapes) {
    long rounded =
        mode == ProductMode.BF16
            ? shapes.stream().mapToLong(LibraryProducts::newOperands).sum()
            : 0;
    return largestGradient(shapes) * Float.BYTES + rounded * mode.operandBytes();
  }

  private static long largestGradient(List<ProductShape> shapes) {
    return shapes.stream()
        .filter(shape -> shape.form() == ProductForm.ATB)
        .mapToLong(ProductShape::sizeOfC)
        .max()
        .orElse(0);
  }

  /**
   * Elements of the operands that no other product of a network has: activations, weights, deltas.
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

  @Override
  public List<Work> product(ProductShape shape, DeviceMemory a, DeviceMemory b, DeviceMemory c) {
    List<Work> works = new ArrayList<>();
    DeviceMemory left = rounded == null ? a : rounded.of(a, shape.sizeOfA(), works);
    DeviceMemory right = rounded == null ? b : rounded.of(b, shape.sizeOfB(), works);
    Work multiply = cublas.product(shape.form(), shape.m(), shape.n(), shape.k(), left, right, c);
    products.add(multiply);
    works.add(multiply);
    changed(c);
    return works;
  }

  private void changed(DeviceMemory tensor) {
    if (rounded != null) {
      rounded.changed(tensor);
    }
  }

  @Override
  public List<Work> forward(
      ProductShape shape,
      Activation activation,
      DeviceMemory x,
      DeviceMemory w,
      DeviceMemory bias,
      DeviceMemory z,
      DeviceMemory a) {
    List<Work> works = product(shape, x, w, z);
    works.add(kernels.biasActivation(activation, z, bias, a, shape.m(), shape.n()));
    changed(a);
    return works;
  }

  @Override
  public List<Work> backward(
      ProductShape shape,
      Activation activation,
      DeviceMemory delta,
      DeviceMemory w,
      DeviceMemory kept,
      DeviceMemory deltaBelow) {
    List<Work> works = product(shape, delta, w, deltaBelow);
    works.add(kernels.derivative(activation, deltaBelow, kept, shape.sizeOfC()));
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
    changed(w);
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
