package dev.lockstep.gpu.emulated;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.gpu.kernel.Epilogue;
import dev.lockstep.gpu.kernel.Tile;
import dev.lockstep.model.Activation;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each kernel of a product has the bits of one chain an element and of its epilogue. */
@ExtendWith(FreshDevice.class)
final class GemmTest {

  private static final long SEED = 20261126;
  private static final float RATE = 0.37f;

  /**
   * m, n, k: awkward ones, and those around the edges of tiles and panels, with rows that can be
   * read 16 bytes at a time and with rows that cannot.
   */
  private static final int[][] SHAPES = {
    {1, 1, 0},
    {33, 7, 0},
    {1, 1, 1},
    {7, 33, 129},
    {33, 7, 250},
    {129, 250, 7},
    {250, 129, 33},
    {1, 250, 33},
    {250, 1, 129},
    {127, 129, 8},
    {128, 128, 16},
    {129, 127, 17},
    {4, 4, 4},
    {15, 17, 127},
    {16, 16, 128},
    {17, 15, 129},
    {31, 33, 63},
    {32, 32, 64},
    {33, 31, 65},
    {63, 65, 15},
    {64, 64, 16},
    {65, 63, 9},
    {20, 36, 132},
    {132, 20, 36},
    {36, 132, 20},
    {256, 132, 12},
    {3, 2, 1}
  };

  static Stream<Arguments> kernels() {
    return Stream.of(ProductForm.values())
        .flatMap(form -> Stream.of(Tile.values()).map(tile -> Arguments.of(form, tile)));
  }

  /** One product, on the host. */
  private record Product(ProductForm form, int m, int n, int k, float[] a, float[] b) {

    static Product of(ProductForm form, int m, int n, int k, Random random) {
      return new Product(
          form, m, n, k, Canonical.values(random, m * k), Canonical.values(random, k * n));
    }

    /** The chain of one element. */
    float sum(int i, int j) {
      float sum = 0;
      for (int p = 0; p < k; p++) {
        float left = form == ProductForm.ATB ? a[p * m + i] : a[i * k + p];
        float right = form == ProductForm.ABT ? b[j * k + p] : b[p * n + j];
        sum = Math.fma(left, right, sum);
      }
      return sum;
    }

    float[] sums() {
      float[] sums = new float[m * n];
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          sums[i * n + j] = sum(i, j);
        }
      }
      return sums;
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%s %d x %d x %d", form, m, n, k);
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void everyElementIsOneChain(ProductForm form, Tile tile) {
    Random random = new Random(SEED);
    try (Session session = Canonical.session()) {
      for (int[] shape : SHAPES) {
        Product product = Product.of(form, shape[0], shape[1], shape[2], random);
        assertThat(Canonical.bits(run(session, tile, product, Epilogue.STORE, null, null)))
            .as("%s, seed %d", product, SEED)
            .isEqualTo(Canonical.bits(product.sums()));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void theEpilogueFinishesEveryElement(ProductForm form, Tile tile) {
    Random random = new Random(SEED);
    try (Session session = Canonical.session()) {
      for (int[] shape :
          new int[][] {
            {33, 7, 5}, {129, 33, 9}, {7, 129, 1}, {1, 250, 33}, {64, 128, 4}, {250, 1, 0}
          }) {
        Product product = Product.of(form, shape[0], shape[1], shape[2], random);
        float[] sums = product.sums();
        for (Epilogue epilogue : epilogues()) {
          float[] operand = operand(epilogue, product, random);
          float[] c = Canonical.values(random, sums.length);
          float[] expected = new float[sums.length];
          for (int at = 0; at < sums.length; at++) {
            expected[at] = finish(epilogue, sums[at], c[at], at, at % product.n(), operand);
          }
          assertThat(Canonical.bits(run(session, tile, product, epilogue, operand, c)))
              .as("%s %s, seed %d", product, epilogue, SEED)
              .isEqualTo(Canonical.bits(expected));
        }
      }
    }
  }

  /** A row's numbers need not begin at 16 bytes although their count is a multiple of four. */
  @ParameterizedTest
  @MethodSource("kernels")
  void operandsMayBeginAnywhere(ProductForm form, Tile tile) {
    Product product = Product.of(form, 36, 20, 132, new Random(SEED));
    try (Session session = Canonical.session()) {
      Session.Memory a = session.upload(behindOne(product.a()));
      Session.Memory b = session.upload(behindOne(product.b()));
      Session.Memory c = session.allocate(4L * 36 * 20);
      Session.check(
          launch(
              session, tile, product, c, a.address() + 4, b.address() + 4, Epilogue.STORE, 0L, 0L));
      assertThat(Canonical.bits(session.floats(c, 36 * 20)))
          .as("seed %d", SEED)
          .isEqualTo(Canonical.bits(product.sums()));
    }
  }

  private static float[] behindOne(float[] values) {
    float[] moved = new float[values.length + 1];
    System.arraycopy(values, 0, moved, 1, values.length);
    return moved;
  }

  /** Every term underflows to -0, and so does the sum; one more term of zeros would make it +0. */
  @ParameterizedTest
  @MethodSource("kernels")
  void noTermIsAddedForPadding(ProductForm form, Tile tile) {
    try (Session session = Canonical.session()) {
      for (int k : new int[] {1, 2, 3, 5, 7, 8, 9, 15, 17, 63, 65, 127, 129, 250}) {
        Product product = new Product(form, 5, 3, k, new float[5 * k], new float[k * 3]);
        Arrays.fill(product.a(), -Float.MIN_VALUE);
        Arrays.fill(product.b(), Float.MIN_VALUE);
        assertThat(run(session, tile, product, Epilogue.STORE, null, null))
            .as("k = %d", k)
            .containsOnly(-0f);
      }
    }
  }

  /** inf * 0 makes its own row and column NaN, and no other; subnormal products are kept. */
  @ParameterizedTest
  @MethodSource("kernels")
  void whatIsNotFiniteStaysInItsRowAndColumn(ProductForm form, Tile tile) {
    int m = 35;
    int n = 18;
    int k = 7;
    Product product = Product.of(form, m, n, k, new Random(SEED));
    float[] a = product.a();
    float[] b = product.b();
    Arrays.fill(a, 0x1p-70f);
    Arrays.fill(b, 0x1p-70f);
    // A[m - 1][k - 1] and B[k - 1][n - 1], the very last numbers of tile and panel.
    a[m * k - 1] = Float.POSITIVE_INFINITY;
    b[n * k - 1] = 0;
    a[0] = Float.NaN;
    float[] result;
    try (Session session = Canonical.session()) {
      result = run(session, tile, product, Epilogue.STORE, null, null);
    }
    assertThat(Canonical.bits(result)).isEqualTo(Canonical.bits(product.sums()));
    assertThat(result[n + 1]).isEqualTo(7 * 0x1p-140f);
    assertThat(result[0]).isNaN();
    assertThat(result[m * n - 1]).isNaN();
    assertThat(result[(m - 1) * n]).isEqualTo(Float.POSITIVE_INFINITY);
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void anUpdateStopsWithTheState(ProductForm form, Tile tile) {
    Product product = Product.of(form, 17, 33, 5, new Random(SEED));
    float[] c = Canonical.values(new Random(SEED + 1), 17 * 33);
    float[] updated = new float[c.length];
    float[] sums = product.sums();
    for (int at = 0; at < c.length; at++) {
      updated[at] = Math.fma(-RATE, sums[at], c[at]);
    }
    record Case(long step, long stopped, boolean updates) {}
    try (Session session = Canonical.session()) {
      for (Case state :
          List.of(
              new Case(3, -1L, true),
              new Case(3, 4, true),
              new Case(3, 3, false),
              new Case(3, 0, false),
              new Case(Long.MIN_VALUE, 3, false))) {
        Session.Memory memory = session.upload(state.step(), state.stopped());
        Session.Memory target = session.upload(c);
        Session.check(
            launch(
                session,
                tile,
                product,
                target,
                session.upload(product.a()).address(),
                session.upload(product.b()).address(),
                Epilogue.SGD,
                0L,
                memory.address()));
        assertThat(Canonical.bits(session.floats(target, c.length)))
            .as("%s", state)
            .isEqualTo(Canonical.bits(state.updates() ? updated : c));
      }
    }
  }

  private static float @Nullable [] operand(Epilogue epilogue, Product product, Random random) {
    return switch (epilogue.kind()) {
      case STORE, SGD -> null;
      case ACTIVATE -> Canonical.values(random, product.n());
      case DERIVATIVE -> Canonical.values(random, product.m() * product.n());
    };
  }

  private static List<Epilogue> epilogues() {
    List<Epilogue> epilogues = new ArrayList<>(List.of(Epilogue.STORE, Epilogue.SGD));
    for (Activation activation : Activation.values()) {
      if (activation.fuses()) {
        epilogues.add(Epilogue.activate(activation));
      }
      if (Epilogue.fusesDerivative(activation)) {
        epilogues.add(Epilogue.derivative(activation));
      }
    }
    return epilogues;
  }

  private static float finish(
      Epilogue epilogue, float sum, float c, int at, int column, float @Nullable [] operand) {
    return switch (epilogue.kind()) {
      case STORE -> sum;
      case ACTIVATE -> Canonical.activate(epilogue.activation(), sum + read(operand, column));
      case DERIVATIVE -> Canonical.derivative(epilogue.activation(), sum, read(operand, at));
      case SGD -> Math.fma(-RATE, sum, c);
    };
  }

  private static float read(float @Nullable [] operand, int index) {
    return requireNonNull(operand)[index];
  }

  /** The result; c is what C held before, or null. */
  private static float[] run(
      Session session,
      Tile tile,
      Product product,
      Epilogue epilogue,
      float @Nullable [] operand,
      float @Nullable [] c) {
    int count = product.m() * product.n();
    Session.Memory target = c == null ? session.allocate(4L * count) : session.upload(c);
    Session.Memory a = session.upload(product.k() == 0 ? new float[1] : product.a());
    Session.Memory b = session.upload(product.k() == 0 ? new float[1] : product.b());
    Long other = operand == null ? 0L : session.upload(operand).address();
    Session.check(
        launch(session, tile, product, target, a.address(), b.address(), epilogue, other, 0L));
    return session.floats(target, count);
  }

  private static int launch(
      Session session,
      Tile tile,
      Product product,
      Session.Memory c,
      long a,
      long b,
      Epilogue epilogue,
      Long operand,
      Long state) {
    ProductShape shape = new ProductShape(product.form(), product.m(), product.n(), product.k());
    return session.run(
        String.format(
            Locale.ROOT,
            "gemm_%s_%s",
            product.form().name().toLowerCase(Locale.ROOT),
            tile.label()),
        Math.toIntExact(tile.blocks(shape)),
        tile.threads(),
        0,
        c,
        a,
        b,
        product.m(),
        product.n(),
        product.k(),
        epilogue.kind().ordinal(),
        Canonical.code(epilogue.activation()),
        operand,
        RATE,
        state);
  }
}
