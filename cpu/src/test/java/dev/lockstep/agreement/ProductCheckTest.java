package dev.lockstep.agreement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.lockstep.agreement.ProductCheck.Inapplicable;
import dev.lockstep.agreement.ProductCheck.Result;
import dev.lockstep.agreement.ProductCheck.State;
import dev.lockstep.agreement.SimulatedProduct.Order;
import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Subnormals;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.ProductForm;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class ProductCheckTest {
  private static final double RATE = 1e-6;
  private static final long EVERYTHING = Long.MAX_VALUE;

  private static final int[][] SHAPES = {
    {1, 1, 1}, {1, 7, 33}, {33, 10, 64}, {7, 33, 129}, {16, 16, 250}, {64, 1, 8}, {5, 6, 2}
  };

  /** Draws as operands have them: weights, pixels, activations after a ReLU, gradients. */
  private enum Draws {
    NORMAL,
    POSITIVE,
    SPARSE,
    OF_ALL_SIZES;

    DoubleSupplier of(SplittableRandom random) {
      return switch (this) {
        case NORMAL -> random::nextGaussian;
        case POSITIVE -> random::nextDouble;
        case SPARSE -> () -> Math.max(0, random.nextGaussian());
        case OF_ALL_SIZES -> () -> random.nextGaussian() * Math.exp(3 * random.nextGaussian());
      };
    }
  }

  /** Operands and their sound product. */
  private record Sound(FloatMatrix a, FloatMatrix b, FloatMatrix c, OperandRounding rounding) {
    static Sound of(int m, int n, int k, Order order, OperandRounding rounding, long seed) {
      return of(
          SimulatedProduct.normal(m, k, seed),
          SimulatedProduct.normal(k, n, ~seed),
          order,
          rounding);
    }

    static Sound of(FloatMatrix a, FloatMatrix b, Order order, OperandRounding rounding) {
      return new Sound(a, b, SimulatedProduct.of(a, b, order, rounding), rounding);
    }

    Result judged(Matrix product, double rate, long work) {
      return ProductCheck.of(ProductForm.AB, a, b, product, bound(rounding), rate, 5, work);
    }

    Result judged(double rate) {
      return judged(c, rate, EVERYTHING);
    }

    double medianMagnitude() {
      double[] sorted = new double[c.size()];
      Arrays.setAll(sorted, i -> Math.abs(c.data()[i]));
      Arrays.sort(sorted);
      return sorted[sorted.length / 2];
    }

    /** Returns the index of an element of median magnitude. */
    int medianElement() {
      double median = medianMagnitude();
      int at = 0;
      while (Math.abs(c.data()[at]) != median) {
        at++;
      }
      return at;
    }

    /** Returns the product times 1 + error, in binary64, so that no rounding hides the error. */
    Matrix scaled(double error) {
      var scaled = c.widened();
      for (int i = 0; i < scaled.size(); i++) {
        scaled.data()[i] *= 1 + error;
      }
      return scaled;
    }

    /** Returns the product with one element changed by an error of a median element's size. */
    Matrix changed(int at, double error) {
      var changed = c.widened();
      changed.data()[at] += error * medianMagnitude();
      return changed;
    }
  }

  private static ElementBound bound(OperandRounding rounding) {
    return new ElementBound(rounding, Subnormals.KEPT);
  }

  private static Stream<Arguments> orders() {
    return Arrays.stream(Order.values())
        .flatMap(
            order ->
                Stream.of(OperandRounding.NONE, OperandRounding.TF32, OperandRounding.BFLOAT16)
                    .map(rounding -> Arguments.of(order, rounding)));
  }

  /**
   * A rate of 1 in 10 is exceeded by no more than 1 in 10 sound products, and a rate of 10^-6 by
   * none of 1,000.
   */
  @ParameterizedTest
  @MethodSource("orders")
  void soundProductsRaiseNoAlarm(Order order, OperandRounding rounding) {
    int alarms = 0;
    int products = 1000;
    for (int seed = 0; seed < products; seed++) {
      int[] shape = SHAPES[seed % SHAPES.length];
      Draws draws = Draws.values()[seed / SHAPES.length % Draws.values().length];
      DoubleSupplier draw = draws.of(new SplittableRandom(seed));
      Sound sound =
          Sound.of(
              SimulatedProduct.random(shape[0], shape[2], draw),
              SimulatedProduct.random(shape[2], shape[1], draw),
              order,
              rounding);
      // What is within the limits of the higher rate is within those of the lower.
      if (sound.judged(0.1).state() != State.WITHIN) {
        alarms++;
        assertThat(sound.judged(RATE).state())
            .as("seed %s, %s", seed, draws)
            .isEqualTo(State.WITHIN);
      }
    }
    assertThat(alarms).isLessThan(products / 10);
  }

  @ParameterizedTest
  @MethodSource("orders")
  void largeSoundProductsRaiseNoAlarm(Order order, OperandRounding rounding) {
    Sound sound = Sound.of(129, 250, 1021, order, rounding, 3);
    for (long work : new long[] {EVERYTHING, 7 * 250 * 1021}) {
      assertThat(sound.judged(sound.c(), 0.1, work).alarms()).isEmpty();
    }
  }

  /**
   * Terms that are not in random order: the first ones largest or smallest, or of one sign and then
   * of the other, alike in all rows and columns.
   */
  @ParameterizedTest
  @EnumSource(Order.class)
  void productsOfOrderedTermsRaiseNoAlarm(Order order) {
    List<DoubleUnaryOperator> profiles =
        List.of(
            t -> Math.exp(-8 * t),
            t -> Math.exp(8 * t),
            t -> t < 0.5 ? 1 : -1,
            t -> Math.cos(12 * t),
            t -> t < 0.01 ? 100 : 1);
    for (int seed = 0; seed < 40; seed++) {
      for (DoubleUnaryOperator profile : profiles) {
        SplittableRandom random = new SplittableRandom(seed);
        int k = 250;
        FloatMatrix a = SimulatedProduct.random(17, k, random::nextDouble);
        FloatMatrix b = SimulatedProduct.random(k, 12, random::nextDouble);
        for (int i = 0; i < b.size(); i++) {
          b.data()[i] *= (float) profile.applyAsDouble(i / 12 / (double) k);
        }
        Sound sound = Sound.of(a, b, order, OperandRounding.NONE);
        for (long work : new long[] {EVERYTHING, 1}) {
          assertThat(sound.judged(sound.c(), RATE, work).state())
              .as("seed %s", seed)
              .isEqualTo(State.WITHIN);
        }
      }
    }
  }

  /** No relative error of zeros is seen, but any other number in their place. */
  @Test
  void productsOfZerosAreJudged() {
    FloatMatrix zeros = new FloatMatrix(7, 5);
    Sound sound =
        Sound.of(zeros, SimulatedProduct.normal(5, 3, 1), Order.CHAIN, OperandRounding.NONE);
    Result result = sound.judged(RATE);
    assertThat(result.state()).isEqualTo(State.WITHIN);
    assertThat(result.smallestVisible().element()).isInfinite();
    var changed = sound.c().widened();
    changed.data()[4] = 1e-30;
    assertThat(sound.judged(changed, RATE, EVERYTHING).state()).isEqualTo(State.OUTSIDE);
  }

  /** Few distinct values, of which sums round alike, raise no alarm either. */
  @Tag("thorough")
  @ParameterizedTest
  @EnumSource(Order.class)
  void productsOfRepeatedValuesRaiseNoAlarm(Order order) {
    for (int distinct : new int[] {1, 2, 3, 5, 8, 17, 64}) {
      for (int seed = 0; seed < 60; seed++) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] values = random.doubles(distinct).toArray();
        DoubleSupplier few = () -> values[random.nextInt(distinct)];
        DoubleSupplier many = random::nextGaussian;
        for (DoubleSupplier right : List.of(few, many)) {
          Sound sound =
              Sound.of(
                  SimulatedProduct.random(12, 1021, few),
                  SimulatedProduct.random(1021, 9, right),
                  order,
                  OperandRounding.NONE);
          assertThat(sound.judged(RATE).state())
              .as("%s values, seed %s", distinct, seed)
              .isEqualTo(State.WITHIN);
        }
      }
    }
  }

  @Test
  void equalOperandsAreJudgedByTheBoundAlone() {
    FloatMatrix a = SimulatedProduct.random(8, 4096, () -> 0.1);
    FloatMatrix b = SimulatedProduct.random(4096, 8, () -> 0.3);
    Sound sound = Sound.of(a, b, Order.CHAIN, OperandRounding.NONE);
    Result result = sound.judged(RATE);
    assertThat(result.inapplicable()).contains(Inapplicable.EQUAL_OPERANDS);
    assertThat(result.state()).isEqualTo(State.WITHIN);
    assertThat(result.statistics()).isEmpty();
    assertThat(result.smallestVisible().element()).isBetween(2e-4, 3e-4);
    assertThat(sound.judged(sound.changed(3, 1e-3), RATE, EVERYTHING).state())
        .isEqualTo(State.OUTSIDE);
  }

  /** Equal columns of weights: every column errs alike, but each sum is random. */
  @Test
  void equalColumnsAreStillJudged() {
    FloatMatrix a = SimulatedProduct.normal(64, 250, 1);
    FloatMatrix column = SimulatedProduct.normal(250, 1, 2);
    FloatMatrix b = new FloatMatrix(250, 33);
    for (int i = 0; i < b.size(); i++) {
      b.data()[i] = column.data()[i / 33];
    }
    Sound sound = Sound.of(a, b, Order.CHAIN, OperandRounding.NONE);
    Result result = sound.judged(0.1);
    assertThat(result.inapplicable()).isEmpty();
    assertThat(result.alarms()).isEmpty();
    assertThat(sound.judged(sound.changed(70, 2e-4), RATE, EVERYTHING).state())
        .isEqualTo(State.ALARM);
  }

  private static Stream<Arguments> products() {
    return Stream.of(
        Arguments.of(64, 64, 64, OperandRounding.NONE),
        Arguments.of(64, 64, 64, OperandRounding.TF32),
        Arguments.of(64, 64, 64, OperandRounding.BFLOAT16),
        Arguments.of(33, 10, 64, OperandRounding.NONE),
        Arguments.of(1, 300, 129, OperandRounding.NONE),
        Arguments.of(250, 1021, 1021, OperandRounding.NONE),
        Arguments.of(1021, 250, 1021, OperandRounding.BFLOAT16));
  }

  /** Twice the smallest visible error is seen, and half of it is not. */
  @ParameterizedTest
  @MethodSource("products")
  void smallestVisibleErrorsAreTrueWithinAFactorOfTwo(
      int m, int n, int k, OperandRounding rounding) {
    Sound sound = Sound.of(m, n, k, Order.BLOCKED_16, rounding, 4);
    for (long work : new long[] {EVERYTHING, 1}) {
      Function<Matrix, State> state = product -> sound.judged(product, RATE, work).state();
      Visible visible = sound.judged(sound.c(), RATE, work).smallestVisible();
      int at = sound.medianElement();
      assertThat(state.apply(sound.scaled(2 * visible.whole()))).isNotEqualTo(State.WITHIN);
      assertThat(state.apply(sound.scaled(-2 * visible.whole()))).isNotEqualTo(State.WITHIN);
      assertThat(state.apply(sound.scaled(visible.whole() / 2))).isEqualTo(State.WITHIN);
      assertThat(state.apply(sound.changed(at, 2 * visible.element()))).isNotEqualTo(State.WITHIN);
      assertThat(state.apply(sound.changed(at, -2 * visible.element()))).isNotEqualTo(State.WITHIN);
      if (work == EVERYTHING) {
        assertThat(state.apply(sound.changed(at, visible.element() / 2))).isEqualTo(State.WITHIN);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"64, 64, 64", "64, 1021, 1021", "1021, 1021, 250", "250, 1021, 1021"})
  void wholeProductsAreSeenFromAMillionthAndElementsFromAFiveThousandth(int m, int n, int k) {
    for (Order order : List.of(Order.CHAIN, Order.LANES_16)) {
      Sound sound = Sound.of(m, n, k, order, OperandRounding.NONE, 6);
      Result whole = sound.judged(sound.scaled(1e-6), RATE, EVERYTHING);
      assertThat(whole.alarms()).extracting(Statistic::kind).contains(Statistic.Kind.SLOPE);
      int at = sound.medianElement();
      for (long work : new long[] {EVERYTHING, 1}) {
        Result one = sound.judged(sound.changed(at, 2e-4), RATE, work);
        assertThat(one.state()).isNotEqualTo(State.WITHIN);
        assertThat(one.alarms()).first().extracting(Statistic::row).isEqualTo(at / n);
        assertThat(one.alarms()).first().extracting(Statistic::column).isEqualTo(at % n);
      }
    }
  }

  /** Operands of 18 bits instead of 24: a lower precision, and a scale error if truncated. */
  @Test
  void lowerPrecisionIsSeen() {
    FloatMatrix a = SimulatedProduct.normal(64, 250, 1);
    FloatMatrix b = SimulatedProduct.normal(250, 64, 2);
    Sound sound = Sound.of(a, b, Order.CHAIN, OperandRounding.NONE);
    FloatMatrix rounded =
        SimulatedProduct.of(
            bits(a, 0x3F, 0x20), bits(b, 0x3F, 0x20), Order.CHAIN, OperandRounding.NONE);
    FloatMatrix truncated =
        SimulatedProduct.of(bits(a, 7, 0), bits(b, 7, 0), Order.CHAIN, OperandRounding.NONE);
    Result result = sound.judged(rounded, RATE, EVERYTHING);
    assertThat(result.state()).isEqualTo(State.ALARM);
    assertThat(result.alarms()).extracting(Statistic::kind).contains(Statistic.Kind.MEAN_SQUARE);
    assertThat(sound.judged(truncated, RATE, EVERYTHING).alarms())
        .extracting(Statistic::kind)
        .contains(Statistic.Kind.SLOPE);
  }

  /** Clears the last bits of each element, after adding to them. */
  private static FloatMatrix bits(FloatMatrix matrix, int mask, int added) {
    FloatMatrix cut = matrix.copy();
    for (int i = 0; i < cut.size(); i++) {
      int raw = Float.floatToRawIntBits(cut.data()[i]);
      cut.data()[i] = Float.intBitsToFloat(raw + added & ~mask);
    }
    return cut;
  }

  /** TF32 may truncate its operands; an FP32 product must not. */
  @Test
  void truncatedOperandsAreSoundForTf32Only() {
    FloatMatrix a = SimulatedProduct.normal(64, 250, 1);
    FloatMatrix b = SimulatedProduct.normal(250, 64, 2);
    FloatMatrix c =
        SimulatedProduct.of(
            bits(a, 0x1FFF, 0), bits(b, 0x1FFF, 0), Order.PAIRWISE, OperandRounding.NONE);
    assertThat(new Sound(a, b, c, OperandRounding.TF32).judged(RATE).alarms()).isEmpty();
    assertThat(new Sound(a, b, c, OperandRounding.NONE).judged(RATE).alarms()).isNotEmpty();
  }

  @Test
  void anElementBeyondItsBoundIsOutside() {
    Sound sound = Sound.of(33, 10, 64, Order.CHAIN, OperandRounding.NONE, 7);
    for (double error : new double[] {1e-2, Double.NaN, Double.POSITIVE_INFINITY}) {
      for (long work : new long[] {EVERYTHING, 1}) {
        Result result = sound.judged(sound.changed(257, error), RATE, work);
        assertThat(result.state()).isEqualTo(State.OUTSIDE);
        assertThat(result.bound().row()).isEqualTo(25);
        assertThat(result.bound().column()).isEqualTo(7);
      }
    }
  }

  @Test
  void whatIsNotFiniteOrBinary64IsJudgedByTheBoundAlone() {
    for (float broken : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
      FloatMatrix a = SimulatedProduct.normal(8, 8, 1);
      FloatMatrix b = SimulatedProduct.normal(8, 8, 2);
      a.data()[3] = 0;
      b.data()[28] = broken;
      a.data()[11] = broken;
      Sound sound = Sound.of(a, b, Order.CHAIN, OperandRounding.NONE);
      assertThat(sound.judged(RATE).inapplicable()).contains(Inapplicable.NOT_FINITE);
      assertThat(sound.judged(RATE).state()).isEqualTo(State.WITHIN);
      assertThat(sound.judged(sound.changed(63, 1e-3), RATE, EVERYTHING).state())
          .isEqualTo(State.OUTSIDE);
    }
    Sound binary64 = Sound.of(8, 8, 8, Order.CHAIN, OperandRounding.BINARY64, 1);
    assertThat(binary64.judged(RATE).inapplicable()).contains(Inapplicable.BINARY64);
    assertThat(binary64.judged(RATE).state()).isEqualTo(State.OUTSIDE);
  }

  @ParameterizedTest
  @EnumSource(ProductForm.class)
  void everyFormIsJudgedAlike(ProductForm form) {
    Sound sound = Sound.of(33, 10, 64, Order.LANES_16, OperandRounding.NONE, 8);
    Matrix a = form == ProductForm.ATB ? transposed(sound.a()) : sound.a();
    Matrix b = form == ProductForm.ABT ? transposed(sound.b()) : sound.b();
    Result expected = sound.judged(sound.c(), ProductCheck.FALSE_ALARMS / 7, EVERYTHING);
    assertThat(ProductCheck.of(form, a, b, sound.c(), bound(OperandRounding.NONE), 7, 5))
        .isEqualTo(expected);
  }

  private static FloatMatrix transposed(FloatMatrix matrix) {
    FloatMatrix transposed = new FloatMatrix(matrix.columns(), matrix.rows());
    for (int i = 0; i < matrix.size(); i++) {
      int row = i / matrix.columns();
      int column = i % matrix.columns();
      transposed.data()[column * matrix.rows() + row] = matrix.data()[i];
    }
    return transposed;
  }

  @Test
  void shapesThatDoNotMatchAreRefused() {
    Sound sound = Sound.of(3, 4, 5, Order.CHAIN, OperandRounding.NONE, 8);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sound.judged(sound.a(), RATE, EVERYTHING))
        .withMessageContaining("3 x 5");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                ProductCheck.of(
                    ProductForm.AB,
                    sound.a(),
                    sound.a(),
                    sound.c(),
                    bound(OperandRounding.NONE),
                    1,
                    1));
  }
}
