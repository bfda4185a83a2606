package dev.lockstep.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Resources;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every product has the bits of the naive one: raw bits, any NaN equal to any other. */
@Tag("vector-width")
final class GemmTest {

  @BeforeAll
  static void requireVectorsOfThatWidth() {
    Assumptions.assumeTrue(
        new VectorBackend().availability(new Resources(1)) instanceof Availability.Available,
        "skipped: " + new VectorBackend().availability(new Resources(1)));
  }

  private static final int[] THREADS = {1, 2, 3};

  @ParameterizedTest
  @EnumSource
  void equalsTheNaiveProductAtAwkwardSizes(ProductForm form) {
    int[] sizes = {1, 7, 33, 129};
    int[] depths = {0, 1, 7, 33, 250, 257};
    for (int m : sizes) {
      for (int n : sizes) {
        for (int k : depths) {
          check(form, m, n, k, ordinary(m * n + k));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    // The shapes of layers: more than one group of rows, slab, panel or chunk, none of them full.
    "AB, 1, 1021, 784",
    "AB, 250, 1021, 33",
    "ABT, 250, 33, 1021",
    "ATB, 784, 129, 250",
    "ATB, 1021, 10, 250",
    "ABT, 64, 784, 10",
    "AB, 7, 10, 2049",
    "ATB, 4103, 33, 129",
    "ABT, 33, 7, 4100",
    "AB, 1021, 250, 7",
    "ABT, 9, 4103, 33",
    "ATB, 129, 250, 3100",
  })
  void equalsTheNaiveProductAtLayerShapes(ProductForm form, int m, int n, int k) {
    check(form, m, n, k, ordinary(m + n + k));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void equalsTheNaiveProductAtRandomShapes(long seed) {
    Random random = new Random(seed);
    ProductForm form = ProductForm.values()[random.nextInt(3)];
    int m = 1 + random.nextInt(200);
    int n = 1 + random.nextInt(300);
    int k = random.nextInt(600);
    check(form, m, n, k, random.nextBoolean() ? ordinary(seed) : special(seed));
  }

  static IntStream seeds() {
    return IntStream.range(0, 60);
  }

  @ParameterizedTest
  @EnumSource
  void keepsSubnormalsZerosInfinitiesAndNaNs(ProductForm form) {
    check(form, 33, 129, 250, special(1));
    check(form, 129, 33, 257, special(2));
    check(form, 7, 7, 513, special(3));
  }

  @ParameterizedTest
  @EnumSource
  void addsSubnormalProducts(ProductForm form) {
    Random random = new Random(5);
    check(form, 33, 33, 250, () -> (random.nextFloat() - 0.5f) * 0x1p-66f);
  }

  /**
   * An accumulator that underflowed to -0 shows what becomes of it: a padding term, 0 * 0, would
   * turn it into +0. It meets the end of the terms, and the end of a panel with terms to come.
   */
  @ParameterizedTest
  @EnumSource
  void keepsAnAccumulatorAtMinusZero(ProductForm form) {
    for (int k : new int[] {1, 7, 33, 129, 1024, 1025, 2048, 2049}) {
      float[] a = new float[9 * k];
      float[] b = new float[k * 35];
      Arrays.fill(a, -Float.MIN_VALUE);
      Arrays.fill(b, Float.MIN_VALUE);
      float[] c = new float[9 * 35];
      for (int threads : THREADS) {
        multiply(threads, form, 9, 35, k, a, b, c);
        assertSameBits(c, NaiveProduct.of(form, 9, 35, k, a, b), "k=" + k);
        assertThat(Float.floatToRawIntBits(c[0])).isEqualTo(Float.floatToRawIntBits(-0f));
      }
    }
  }

  @Test
  void infinityTimesZeroIsNaNOnlyWhereItStands() {
    float[] a = {Float.POSITIVE_INFINITY, 1, 2};
    float[] b = {0, 3, 4, 5};
    float[] c = new float[12];
    multiply(1, ProductForm.AB, 3, 4, 1, a, b, c);
    float inf = Float.POSITIVE_INFINITY;
    assertThat(c).containsExactly(Float.NaN, inf, inf, inf, 0, 3, 4, 5, 0, 6, 8, 10);
  }

  @Test
  void leavesTheRestOfALongerArrayAlone() {
    float[] c = new float[40];
    Arrays.fill(c, 42f);
    multiply(1, ProductForm.AB, 3, 5, 2, new float[7], new float[11], c);
    assertThat(Arrays.copyOf(c, 15)).containsOnly(0f);
    assertThat(Arrays.copyOfRange(c, 15, 40)).containsOnly(42f);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "7, 33, 129", "250, 1021, 33", "1021, 10, 64", "33, 129, 2100"})
  void passesEachElementOfAProductThatIsNotKept(int m, int n, int k) {
    for (ProductForm form : ProductForm.values()) {
      float[] a = filled(m * k, ordinary(6));
      float[] b = filled(k * n, ordinary(7));
      for (int threads : THREADS) {
        AtomicIntegerArray times = new AtomicIntegerArray(m * n);
        float[] seen = new float[m * n];
        try (Workers workers = new Workers(threads)) {
          new Gemm(workers)
              .prepare(
                  new ProductShape(form, m, n, k),
                  a,
                  b,
                  (product, at, stride, row0, row1, column0, column1) -> {
                    for (int i = row0; i < row1; i++) {
                      for (int j = column0; j < column1; j++) {
                        times.incrementAndGet(i * n + j);
                        seen[i * n + j] = product[at + (i - row0) * stride + j - column0];
                      }
                    }
                  })
              .run();
        }
        assertSameBits(seen, NaiveProduct.of(form, m, n, k, a, b), form + ", threads=" + threads);
        for (int i = 0; i < m * n; i++) {
          assertThat(times.get(i)).as("times at element %d, %d threads", i, threads).isEqualTo(1);
        }
      }
    }
  }

  @Test
  void reusesItsScratchMemoryForOtherShapes() {
    try (Workers workers = new Workers(2)) {
      Gemm gemm = new Gemm(workers);
      for (int[] shape : new int[][] {{250, 129, 777}, {7, 1021, 33}, {300, 33, 1021}, {1, 1, 1}}) {
        for (ProductForm form : ProductForm.values()) {
          float[] a = filled(shape[0] * shape[2], ordinary(3));
          float[] b = filled(shape[1] * shape[2], ordinary(4));
          float[] c = new float[shape[0] * shape[1]];
          gemm.prepare(new ProductShape(form, shape[0], shape[1], shape[2]), a, b, c).run();
          float[] expected = NaiveProduct.of(form, shape[0], shape[1], shape[2], a, b);
          assertSameBits(c, expected, form + " " + Arrays.toString(shape));
        }
      }
    }
  }

  @Test
  void namesTheShapeThatDoesNotFit() {
    float[] four = new float[4];
    assertThatThrownBy(() -> multiply(1, ProductForm.ATB, 2, 3, 2, four, new float[6], four))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ATB 2 x 3 x 2");
    assertThatThrownBy(
            () -> multiply(1, ProductForm.AB, 1 << 20, 1 << 20, 1 << 20, four, four, four))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1048576 x 1048576");
    assertThatThrownBy(() -> multiply(1, ProductForm.AB, 0, 1, 1, four, four, new float[1]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> multiply(1, ProductForm.AB, 2, 2, 2, four, new float[4], four))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("own operand");
  }

  @FunctionalInterface
  private interface Draw {
    float next();
  }

  /** Values between -1 and 1. */
  private static Draw ordinary(long seed) {
    Random random = new Random(seed);
    return () -> random.nextFloat() * 2 - 1;
  }

  /** Mostly small numbers, with zeros of both signs, subnormals, and a few infinities and NaNs. */
  private static Draw special(long seed) {
    Random random = new Random(seed);
    return () ->
        switch (random.nextInt(2000)) {
          case 0 -> Float.POSITIVE_INFINITY;
          case 1 -> Float.NaN;
          case 2 -> Float.intBitsToFloat(0xffc12345);
          case 3 -> Float.MAX_VALUE;
          default ->
              switch (random.nextInt(4)) {
                case 0 -> random.nextBoolean() ? 0f : -0f;
                case 1 -> Float.MIN_VALUE * (random.nextInt(200) - 100);
                default -> (random.nextFloat() - 0.5f) * 0x1p-60f;
              };
        };
  }

  private static float[] filled(int length, Draw draw) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = draw.next();
    }
    return values;
  }

  private static void check(ProductForm form, int m, int n, int k, Draw draw) {
    float[] a = filled(m * k, draw);
    float[] b = filled(k * n, draw);
    float[] expected = NaiveProduct.of(form, m, n, k, a, b);
    for (int threads : THREADS) {
      float[] c = new float[m * n];
      // What C held before must not matter.
      Arrays.fill(c, Float.NaN);
      multiply(threads, form, m, n, k, a, b, c);
      String what =
          String.format(Locale.ROOT, "%s m=%d n=%d k=%d threads=%d", form, m, n, k, threads);
      assertSameBits(c, expected, what);
    }
  }

  private static void multiply(
      int threads, ProductForm form, int m, int n, int k, float[] a, float[] b, float[] c) {
    try (Workers workers = new Workers(threads)) {
      new Gemm(workers).prepare(new ProductShape(form, m, n, k), a, b, c).run();
    }
  }

  private static void assertSameBits(float[] actual, float[] expected, String what) {
    for (int i = 0; i < expected.length; i++) {
      // floatToIntBits gives every NaN the same bits and keeps the sign of a zero.
      if (Float.floatToIntBits(actual[i]) != Float.floatToIntBits(expected[i])) {
        throw new AssertionError(
            String.format(
                Locale.ROOT,
                "%s: element %d is %s (0x%08x), not %s (0x%08x)",
                what,
                i,
                actual[i],
                Float.floatToRawIntBits(actual[i]),
                expected[i],
                Float.floatToRawIntBits(expected[i])));
      }
    }
  }
}
