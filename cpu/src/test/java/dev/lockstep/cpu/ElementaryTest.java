package dev.lockstep.cpu;

import static dev.lockstep.cpu.ElementaryFunction.LANES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.backend.Availability;
import dev.lockstep.backend.Resources;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("vector-width")
class ElementaryTest {

  @BeforeAll
  static void requireVectorsOfThatWidth() {
    Assumptions.assumeTrue(
        new VectorBackend().availability(new Resources(1)) instanceof Availability.Available,
        "skipped: " + new VectorBackend().availability(new Resources(1)));
  }

  @ParameterizedTest
  @EnumSource
  void errorStaysWithinTheBound(ElementaryFunction function) {
    Worst worst = Worst.NONE;
    for (float x : sample(function)) {
      worst = worst.or(Worst.of(x, function.scalar(x), function.reference(x)));
    }
    assertThat(worst.ulps()).as("%s: %s", function, worst).isLessThanOrEqualTo(function.bound());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LOG")
  void simdGivesTheScalarBitsInEveryLaneAtEveryAlignment(ElementaryFunction function) {
    float[] sample = sample(function);
    float[] expected = new float[sample.length];
    for (int i = 0; i < sample.length; i++) {
      expected[i] = function.scalar(sample[i]);
    }
    // Starting one element later moves every argument to another lane and every load off its
    // boundary.
    float[] simd = new float[(sample.length - LANES) / LANES * LANES];
    for (int offset = 0; offset < LANES; offset++) {
      function.simd(sample, offset, simd);
      for (int i = 0; i < simd.length; i++) {
        assertSameBits(function, sample[offset + i], simd[i], expected[offset + i]);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "EXP, -Infinity, 0",
    "EXP, 0, 1",
    "EXP, -0, 1",
    "EXP, Infinity, Infinity",
    // The arguments on either side of overflow and of underflow to zero.
    "EXP, 0x1.62e42ep6, 0x1.ffff08p127",
    "EXP, 0x1.62e43p6, Infinity",
    "EXP, -0x1.9fe368p6, 0x1p-149",
    "EXP, -0x1.9fe36ap6, 0",
    "LOG, -Infinity, NaN",
    "LOG, -1, NaN",
    "LOG, -1.4e-45, NaN",
    "LOG, -0, -Infinity",
    "LOG, 0, -Infinity",
    "LOG, 0x1p-149, -0x1.9d1dap6",
    "LOG, 1, 0",
    "LOG, Infinity, Infinity",
    "TANH, -Infinity, -1",
    "TANH, -0, -0",
    "TANH, 0, 0",
    "TANH, 0x1p-149, 0x1p-149",
    "TANH, -0x1p-126, -0x1p-126",
    "TANH, 0x1p-13, 0x1p-13",
    "TANH, 9.1, 1",
    "TANH, Infinity, 1",
    "SIGMOID, -Infinity, 0",
    "SIGMOID, -0x1.9fe36ap6, 0",
    "SIGMOID, -0x1.9fe368p6, 0x1p-149",
    "SIGMOID, -0x1p-149, 0.5",
    "SIGMOID, -0, 0.5",
    "SIGMOID, 0, 0.5",
    "SIGMOID, 17.5, 1",
    "SIGMOID, Infinity, 1"
  })
  void specialValues(ElementaryFunction function, float x, float expected) {
    assertSameBits(function, x, function.scalar(x), expected);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x7f800001, 0x7fc00000, 0x7fffffff, 0xff800001, 0xffc00000, 0xffffffff})
  void everyNaNGivesTheOneNaN(int bits) {
    float x = Float.intBitsToFloat(bits);
    for (ElementaryFunction function : ElementaryFunction.values()) {
      assertSameBits(function, x, function.scalar(x), Float.intBitsToFloat(0x7fc00000));
    }
  }

  @Test
  void tanhIsOddAndNeverAboveOne() {
    for (float x : sample(ElementaryFunction.TANH)) {
      float tanh = Elementary.tanh(x);
      if (!Float.isNaN(x)) {
        assertSameBits(ElementaryFunction.TANH, -x, Elementary.tanh(-x), -tanh);
        if (Math.abs(tanh) > 1f) {
          assertThat(Math.abs(tanh)).as("tanh(%s)", Worst.bits(x)).isLessThanOrEqualTo(1f);
        }
      }
    }
  }

  /** Both halves are computed, and meet at 1/2 without a step down. */
  @Test
  void sigmoidNeverLeavesZeroToOne() {
    for (float x : sample(ElementaryFunction.SIGMOID)) {
      float sigmoid = Elementary.sigmoid(x);
      if (sigmoid < 0f || sigmoid > 1f || (x < 0f ? sigmoid > 0.5f : sigmoid < 0.5f)) {
        assertThat(sigmoid)
            .as("sigmoid(%s)", Worst.bits(x))
            .isBetween(x < 0f ? 0f : 0.5f, x < 0f ? 0.5f : 1f);
      }
    }
  }

  /** A million floats spread over all bits, and all that lie next to a boundary, of either sign. */
  private static float[] sample(ElementaryFunction function) {
    // Prime, so that the steps meet ever different fractions.
    int stride = 4093;
    int neighbours = 2048;
    float[] boundaries = function.boundaries();
    int spread = (int) ((1L << 32) / stride);
    float[] sample = new float[spread + boundaries.length * 2 * 2 * neighbours];
    for (int i = 0; i < spread; i++) {
      sample[i] = Float.intBitsToFloat(i * stride);
    }
    int next = spread;
    for (float boundary : boundaries) {
      int bits = Float.floatToRawIntBits(boundary);
      for (int step = -neighbours; step < neighbours; step++) {
        sample[next++] = Float.intBitsToFloat(bits + step);
        sample[next++] = -Float.intBitsToFloat(bits + step);
      }
    }
    return sample;
  }

  private static void assertSameBits(
      ElementaryFunction function, float x, float actual, float expected) {
    // Compared before AssertJ is asked: a million descriptions take longer than the functions.
    if (Float.floatToRawIntBits(actual) != Float.floatToRawIntBits(expected)) {
      assertThat(Worst.bits(actual))
          .as("%s(%s), argument %s", function, x, Worst.bits(x))
          .isEqualTo(Worst.bits(expected));
    }
  }
}
