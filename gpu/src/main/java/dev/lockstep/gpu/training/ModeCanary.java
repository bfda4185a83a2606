package dev.lockstep.gpu.training;

import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.Cublas;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.ProductMode;
import dev.lockstep.gpu.kernel.Epilogue;
import dev.lockstep.gpu.kernel.Kernels.Operand;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Verifies how cuBLAS rounds operands, for every product shape that will be used. This is needed
 * because a math mode only permits rounding, an environment variable can override it, and the
 * library may decide by shape.
 *
 * <p>Each element of the canary product is the sum of 1024.75 times 1 and of zero terms. Binary32
 * gives 1024.75; TF32 (10 fraction bits) gives 1024 or 1025, and bfloat16 (7 fraction bits) 1024.
 */
final class ModeCanary {
  private static final float CANARY = 1024.75f;

  /** A size for which any library has kernels on tensor cores. */
  private static final int FITTING = 256;

  /** Number of elements that are compared at each end of the product. */
  private static final int SAMPLE = 2048;

  /**
   * What this process has verified. The library's choice depends only on device, mode and shape.
   */
  private static final Set<Proved> PROVED = ConcurrentHashMap.newKeySet();

  private record Proved(int device, ProductMode mode, ProductShape shape) {}

  private ModeCanary() {}

  /**
   * Multiplies the canary in each shape that has not been verified. A library in TF32 mode may use
   * binary32 for shapes that do not fit its TF32 kernels, so in that mode the canary is also
   * multiplied in shapes that always fit.
   *
   * @throws UnavailableException if a result does not match the mode, or if in TF32 mode operands
   *     are not rounded even in shapes that always fit
   */
  static void prove(DeviceSession session, Cublas cublas, List<ProductShape> shapes) {
    ProductMode mode = cublas.mode();
    if (mode == ProductMode.TF32) {
      for (ProductForm form : ProductForm.values()) {
        ProductShape fitting = new ProductShape(form, FITTING, FITTING, FITTING);
        Proved proved = new Proved(session.device, mode, fitting);
        if (!PROVED.contains(proved)) {
          requireRounding(session, cublas, fitting);
          PROVED.add(proved);
        }
      }
    }
    for (ProductShape shape : new LinkedHashSet<>(shapes)) {
      Proved proved = new Proved(session.device, mode, shape);
      if (shape.sizeOfC() > 0 && shape.k() > 0 && !PROVED.contains(proved)) {
        require(mode, shape, multiply(session, cublas, shape));
        PROVED.add(proved);
      }
    }
  }

  private static void requireRounding(DeviceSession session, Cublas cublas, ProductShape shape) {
    float found = multiply(session, cublas, shape);
    require(cublas.mode(), shape, found);
    if (found == CANARY) {
      throw new UnavailableException(
          Cause.MATH_MODE,
          String.format(
              Locale.ROOT,
              "cuBLAS was asked for %s and does not use it, not even in the product %s",
              cublas.mode(),
              shape),
          "unset NVIDIA_TF32_OVERRIDE");
    }
  }

  /** Forgets what was verified, for tests that replace the library within the process. */
  static void forget() {
    PROVED.clear();
  }

  /** Returns the largest number of bytes of device memory allocated at once. */
  static long bytes(ProductMode mode, List<ProductShape> shapes) {
    return shapes.stream()
        .mapToLong(
            shape ->
                Float.BYTES * (shape.sizeOfA() + shape.sizeOfB() + shape.sizeOfC())
                    + LibraryProducts.bytes(mode, List.of(shape), 0))
        .max()
        .orElse(0);
  }

  private static void require(ProductMode mode, ProductShape shape, float found) {
    boolean right =
        switch (mode) {
          case FP32, FP32_PEDANTIC -> found == CANARY;
          case TF32 -> found == CANARY || found == 1024 || found == 1025;
          case BF16 -> found == 1024;
        };
    if (!right) {
      throw new UnavailableException(
          Cause.MATH_MODE,
          String.format(
              Locale.ROOT,
              "cuBLAS was asked for %s and returns %s for 1024.75 times 1 (product %s)",
              mode,
              found,
              shape),
          "unset NVIDIA_TF32_OVERRIDE, or use another cuBLAS");
    }
  }

  /** Returns the common value of the sampled elements of the product; NaN if they differ. */
  private static float multiply(DeviceSession session, Cublas cublas, ProductShape shape) {
    try (Closing owned = new Closing()) {
      boolean termsFirstInA = shape.form() == ProductForm.ATB;
      boolean termsFirstInB = shape.form() != ProductForm.ABT;
      DeviceMemory a = operand(session, owned, "A", shape.m(), shape.k(), termsFirstInA, CANARY);
      DeviceMemory b = operand(session, owned, "B", shape.n(), shape.k(), termsFirstInB, 1);
      DeviceMemory c = owned.own(session.allocate("the canary's C", shape.sizeOfC()));
      LibraryProducts products =
          owned.own(LibraryProducts.open(session.context, cublas, session.kernels, 0));
      products.product(shape, a, b, c).forEach(work -> work.into(session.stream));
      int count = (int) Math.min(SAMPLE, shape.sizeOfC());
      float[] sample = new float[2 * count];
      session.staging.download(c, 0, sample, 0, count);
      session.staging.download(c, shape.sizeOfC() - count, sample, count, count);
      float first = sample[0];
      for (float element : sample) {
        if (element != first) {
          return Float.NaN;
        }
      }
      return first;
    }
  }

  /**
   * Makes an operand with {@code value} in the first term of every row of A (or column of B) and +0
   * in all other terms, as the outer product of a constant vector and a unit vector.
   */
  private static DeviceMemory operand(
      DeviceSession session,
      Closing owned,
      String name,
      int outputs,
      int terms,
      boolean termsFirst,
      float value) {
    float[] constant = new float[outputs];
    Arrays.fill(constant, value);
    float[] unit = new float[terms];
    unit[0] = 1;
    float[] left = termsFirst ? unit : constant;
    float[] right = termsFirst ? constant : unit;
    DeviceMemory result =
        owned.own(session.allocate("the canary's " + name, (long) outputs * terms));
    DeviceMemory column = owned.own(session.allocate("the canary's column", left.length));
    DeviceMemory row = owned.own(session.allocate("the canary's row", right.length));
    session.staging.upload(left, column);
    session.staging.upload(right, row);
    session
        .kernels
        .product(
            new ProductShape(ProductForm.AB, left.length, right.length, 1),
            column,
            row,
            result,
            Epilogue.STORE,
            Operand.NONE)
        .into(session.stream);
    return result;
  }
}
