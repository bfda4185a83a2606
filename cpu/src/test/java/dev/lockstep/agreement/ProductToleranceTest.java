package dev.lockstep.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.agreement.ProductCheck.Inapplicable;
import dev.lockstep.agreement.SimulatedProduct.Order;
import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Subnormals;
import dev.lockstep.matrix.FloatMatrix;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

final class ProductToleranceTest {
  private static ElementBound bound(OperandRounding rounding) {
    return new ElementBound(rounding, Subnormals.KEPT);
  }

  /** Returns A B in binary64. */
  private static double[] exact(FloatMatrix a, FloatMatrix b) {
    double[] c = new double[a.rows() * b.columns()];
    for (int i = 0; i < a.rows(); i++) {
      for (int t = 0; t < a.columns(); t++) {
        for (int j = 0; j < b.columns(); j++) {
          c[i * b.columns() + j] +=
              (double) a.data()[i * a.columns() + t] * b.data()[t * b.columns() + j];
        }
      }
    }
    return c;
  }

  /** What numpy.allclose says. */
  private static boolean holds(Tolerance tolerance, double[] actual, double[] exact) {
    for (int i = 0; i < exact.length; i++) {
      if (!(Math.abs(actual[i] - exact[i])
          <= tolerance.atol() + tolerance.rtol() * Math.abs(exact[i]))) {
        return false;
      }
    }
    return true;
  }

  private static double[] widened(FloatMatrix c) {
    return c.widened().data();
  }

  /** Both tolerances hold for sound products, and errors just above the smallest visible fail. */
  private static void assertSeparates(
      ProductTolerance tolerance, FloatMatrix a, FloatMatrix b, OperandRounding rounding) {
    double[] exact = exact(a, b);
    double[] magnitudes = Arrays.stream(exact).map(Math::abs).sorted().toArray();
    double median = magnitudes[magnitudes.length / 2];
    int at = 0;
    while (Math.abs(exact[at]) != median) {
      at++;
    }
    for (Tolerance each : both(tolerance).toList()) {
      for (Order order : Order.values()) {
        double[] c = widened(SimulatedProduct.of(a, b, order, rounding));
        assertThat(holds(each, c, exact)).as("%s %s", order, each).isTrue();
        double[] changed = c.clone();
        changed[at] += 2 * each.visible().element() * median;
        assertThat(holds(each, changed, exact)).isFalse();
        double[] scaled = Arrays.stream(c).map(x -> x * (1 + 2 * each.visible().whole())).toArray();
        assertThat(holds(each, scaled, exact)).isFalse();
      }
    }
  }

  private static Stream<Tolerance> both(ProductTolerance tolerance) {
    return Stream.concat(Stream.of(tolerance.bound()), tolerance.statistics().stream());
  }

  @ParameterizedTest
  @EnumSource(value = OperandRounding.class, names = "BINARY64", mode = Mode.EXCLUDE)
  void tolerancesOfNormalOperandsHoldAndFail(OperandRounding rounding) {
    for (int[] shape : new int[][] {{64, 32, 1024}, {33, 10, 64}, {7, 5, 8}, {129, 31, 250}}) {
      ProductTolerance tolerance =
          ProductTolerance.ofNormal(shape[0], shape[1], shape[2], bound(rounding));
      assertThat(tolerance.statistics().orElseThrow().atol()).isLessThan(tolerance.bound().atol());
      for (int seed = 0; seed < 20; seed++) {
        assertSeparates(
            tolerance,
            SimulatedProduct.normal(shape[0], shape[2], seed),
            SimulatedProduct.normal(shape[2], shape[1], ~seed),
            rounding);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(value = OperandRounding.class, names = "BINARY64", mode = Mode.EXCLUDE)
  void tolerancesOfGivenOperandsHoldAndFail(OperandRounding rounding) {
    for (int seed = 0; seed < 20; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      FloatMatrix a =
          SimulatedProduct.random(33, 250, () -> Math.max(0, random.nextGaussian() + 1));
      FloatMatrix b = SimulatedProduct.random(250, 17, () -> 1e-3 * random.nextGaussian());
      assertSeparates(ProductTolerance.of(a, b, bound(rounding)), a, b, rounding);
    }
  }

  /** The rate of false alarms is an upper bound, but not one without meaning. */
  @ParameterizedTest
  @CsvSource({"64, 1024, 1024", "64, 64, 64"})
  void theStatisticalToleranceIsAFractionOfTheBound(int m, int n, int k) {
    ProductTolerance tolerance = ProductTolerance.ofNormal(m, n, k, bound(OperandRounding.NONE));
    assertThat(tolerance.statistics().orElseThrow().visible().element())
        .isLessThan(1e-4)
        .isLessThan(tolerance.bound().visible().element() / 3);
  }

  @ParameterizedTest
  @EnumSource(Order.class)
  void equalOperandsAreComparedByTheBoundAlone(Order order) {
    for (int k : new int[] {1, 7, 64, 1021, 4096}) {
      ProductTolerance tolerance = ProductTolerance.ofEqual(k, bound(OperandRounding.NONE));
      assertThat(tolerance.inapplicable()).contains(Inapplicable.EQUAL_OPERANDS);
      assertThat(tolerance.statistics()).isEmpty();
      for (float value : new float[] {1, 0.1f, 1 / 3f}) {
        FloatMatrix a = SimulatedProduct.random(2, k, () -> value);
        FloatMatrix b = SimulatedProduct.random(k, 3, () -> 0.7f);
        double[] exact = exact(a, b);
        double[] c = widened(SimulatedProduct.of(a, b, order, OperandRounding.NONE));
        for (ProductTolerance each :
            List.of(tolerance, ProductTolerance.of(a, b, bound(OperandRounding.NONE)))) {
          assertThat(holds(each.bound(), c, exact)).isTrue();
          double[] changed = c.clone();
          changed[4] *= 1 + 2 * each.bound().visible().element();
          assertThat(holds(each.bound(), changed, exact)).isFalse();
        }
      }
    }
  }
}
