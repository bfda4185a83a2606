package dev.lockstep.gpu.training;

import dev.lockstep.backend.Availability.Cause;
import dev.lockstep.backend.UnavailableException;
import dev.lockstep.gpu.driver.Closing;
import dev.lockstep.gpu.driver.Cublas;
import dev.lockstep.gpu.driver.DeviceMemory;
import dev.lockstep.gpu.driver.ProductMode;
import dev.lockstep.gpu.kernel.Epilogue;
import dev.lockstep.gpu.kernel.Kernels.Operand;
import dev.lockstep.machine.RecordedVariables;
import dev.lockstep.machine.RecordedVariables.Effect;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import java.util.ArrayList;
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
 * <p>Each element of the canary product is the sum of one product of two odd 24-bit numbers and of
 * zero terms, so in whatever order binary32 adds, it owes that product, rounded once. The exact
 * product lies next to the middle between two neighbours, on the side that rounding the middle to
 * even does not go to. Whoever puts a product together from products of narrower parts (BF16x9,
 * three times TF32) rounds more than once, loses the side, and gives the other neighbour. TF32 and
 * bfloat16 give the product of the rounded operands, which is far away.
 */
final class ModeCanary {
  /** By the parity of the row. */
  private static final float[] LEFT = {0x99379dp-23f, 0xf38573p-23f};

  /** By the parity of the column: the first two belong together, and so do the second two. */
  private static final float[] RIGHT = {0xf606b5p-23f, 0xacd845p-23f};

  /** Bits of a binary32 significand that TF32 drops. */
  private static final int TF32_DROPPED = 13;

  /** Bits of a binary32 significand that bfloat16 drops. */
  private static final int BF16_DROPPED = 16;

  /** Ulps between a product and one that was put together from parts; fewer than a wrong bit. */
  private static final int NEAR = 64;

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
    List<Element> found = multiply(session, cublas, shape);
    require(cublas.mode(), shape, found);
    if (found.stream().allMatch(element -> element.found() == element.binary32())) {
      throw new UnavailableException(
          Cause.MATH_MODE,
          String.format(
              Locale.ROOT,
              "cuBLAS was asked for %s and does not use it, not even in the product %s",
              cublas.mode(),
              shape),
          remedy());
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

  /**
   * An element of the product.
   *
   * @param left the operand that is not zero in its row of A
   * @param right the operand that is not zero in its column of B
   * @param found the element
   */
  private record Element(float left, float right, float found) {

    /** What binary32 owes. */
    float binary32() {
      return left * right;
    }

    boolean fits(ProductMode mode) {
      return switch (mode) {
        case FP32, FP32_PEDANTIC -> found == binary32();
        case TF32 -> found == binary32() || isOfRounded(TF32_DROPPED);
        case BF16 -> found == nearest(left, BF16_DROPPED) * nearest(right, BF16_DROPPED);
      };
    }

    /** An arithmetic, however narrow, gives the same for the same operands. */
    boolean isConsistentWith(Element other) {
      return left != other.left || right != other.right || found == other.found;
    }

    /** Whether it is the product of operands without so many bits, rounded either way. */
    boolean isOfRounded(int bits) {
      for (float a : new float[] {below(left, bits), above(left, bits)}) {
        for (float b : new float[] {below(right, bits), above(right, bits)}) {
          if (found == a * b) {
            return true;
          }
        }
      }
      return false;
    }

    /** Whether narrower arithmetic explains it: operands rounded, or a product of their parts. */
    boolean isOfNarrowArithmetic() {
      return isOfRounded(TF32_DROPPED)
          || isOfRounded(BF16_DROPPED)
          || Math.abs(found - binary32()) <= NEAR * Math.ulp(binary32());
    }
  }

  private static float below(float x, int bits) {
    return Float.intBitsToFloat(Float.floatToRawIntBits(x) & -(1 << bits));
  }

  private static float above(float x, int bits) {
    return Float.intBitsToFloat(Float.floatToRawIntBits(below(x, bits)) + (1 << bits));
  }

  /** No canary lies in the middle. */
  private static float nearest(float x, int bits) {
    float below = below(x, bits);
    float above = above(x, bits);
    return x - below < above - x ? below : above;
  }

  private static void require(ProductMode mode, ProductShape shape, List<Element> found) {
    for (Element element : found) {
      if (!element.fits(mode)) {
        String observed =
            String.format(
                Locale.ROOT,
                "cuBLAS was asked for %s and returns %s for %s times %s (product %s)",
                mode,
                element.found(),
                element.left(),
                element.right(),
                shape);
        boolean consistent = found.stream().allMatch(element::isConsistentWith);
        throw consistent && element.isOfNarrowArithmetic()
            ? new UnavailableException(Cause.MATH_MODE, observed, remedy())
            : new UnavailableException(
                Cause.DRIVER_FAILED,
                observed
                    + (consistent
                        ? ", which no arithmetic gives"
                        : ", and another number for the same operands elsewhere in it")
                    + ": the device or cuBLAS computes wrongly",
                "check the device (nvidia-smi -q -d ECC), or use another cuBLAS");
      }
    }
  }

  /** A variable is blamed only if it is set. */
  private static String remedy() {
    RecordedVariables set = RecordedVariables.ofThisProcess().with(Effect.GPU_ARITHMETIC);
    return set.isEmpty()
        ? "use another cuBLAS"
        : "unset " + String.join(", ", set.values().keySet()) + ", or use another cuBLAS";
  }

  /** Returns the sampled elements of the product, from both of its ends. */
  private static List<Element> multiply(DeviceSession session, Cublas cublas, ProductShape shape) {
    try (Closing owned = new Closing()) {
      boolean termsFirstInA = shape.form() == ProductForm.ATB;
      boolean termsFirstInB = shape.form() != ProductForm.ABT;
      DeviceMemory a = operand(session, owned, "A", shape.m(), shape.k(), termsFirstInA, LEFT);
      DeviceMemory b = operand(session, owned, "B", shape.n(), shape.k(), termsFirstInB, RIGHT);
      DeviceMemory c = owned.own(session.allocate("the canary's C", shape.sizeOfC()));
      LibraryProducts products =
          owned.own(LibraryProducts.open(session.context, cublas, session.kernels, 0));
      products.product(shape, a, b, c).forEach(work -> work.into(session.stream));
      int count = (int) Math.min(SAMPLE, shape.sizeOfC());
      float[] sample = new float[2 * count];
      session.staging.download(c, 0, sample, 0, count);
      session.staging.download(c, shape.sizeOfC() - count, sample, count, count);
      List<Element> elements = new ArrayList<>();
      for (int i = 0; i < sample.length; i++) {
        long index = i < count ? i : shape.sizeOfC() - sample.length + i;
        float left = LEFT[(int) (index / shape.n() % 2)];
        float right = RIGHT[(int) (index % shape.n() % 2)];
        elements.add(new Element(left, right, sample[i]));
      }
      return elements;
    }
  }

  /**
   * Makes an operand with one of two values in the first term of every row of A (or column of B)
   * and +0 in all other terms, as the outer product of the values and a unit vector.
   */
  private static DeviceMemory operand(
      DeviceSession session,
      Closing owned,
      String name,
      int outputs,
      int terms,
      boolean termsFirst,
      float[] byParity) {
    float[] values = new float[outputs];
    for (int i = 0; i < outputs; i++) {
      values[i] = byParity[i % 2];
    }
    float[] unit = new float[terms];
    unit[0] = 1;
    float[] left = termsFirst ? unit : values;
    float[] right = termsFirst ? values : unit;
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
