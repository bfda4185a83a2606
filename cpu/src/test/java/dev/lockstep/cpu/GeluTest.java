package dev.lockstep.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("vector-width")
class GeluTest {

  private static final double U = 0x1p-24;

  /** A million floats spread over all bits, of which the odd stride meets ever different lanes. */
  private static final float[] SAMPLE = sample();

  private static float[] sample() {
    float[] spread = new float[1 << 20];
    for (int i = 0; i < spread.length; i++) {
      spread[i] = Float.intBitsToFloat(i * 4093);
    }
    float[] near = new float[4096];
    for (int i = 0; i < near.length; i++) {
      near[i] = (i - 2048) / 256f;
    }
    float[] all = Arrays.copyOf(spread, spread.length + near.length);
    System.arraycopy(near, 0, all, spread.length, near.length);
    return all;
  }

  /** Of what {@code torch.nn.functional.gelu(x, approximate="tanh")} is documented to compute. */
  private static double reference(double z) {
    return z / 2 * (1 + tanh(z));
  }

  private static double referenceSlope(double z) {
    double h = tanh(z);
    double inner = Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * z * z);
    return (1 + h) / 2 + z / 2 * (1 - h * h) * inner;
  }

  private static double tanh(double z) {
    return StrictMath.tanh(Math.sqrt(2 / Math.PI) * (z + 0.044715 * z * z * z));
  }

  @Test
  void errorIsThatOfTheTanhTimesHalfOfTheArgument() {
    for (float z : SAMPLE) {
      if (Float.isFinite(z)) {
        double expected = reference(z);
        double error = Math.abs(Elementary.gelu(z) - expected);
        double bound = 4 * U * Math.abs(z) + 0x1p-149;
        if (error > bound) {
          assertThat(error).as("gelu(%s)", Worst.bits(z)).isLessThanOrEqualTo(bound);
        }
      }
    }
  }

  @Test
  void slopeIsThatOfTheFormula() {
    for (float z : SAMPLE) {
      if (Float.isFinite(z)) {
        double capped = Math.clamp(z, -6.0, 6.0);
        double inner = Math.abs(capped) / 2 * Math.sqrt(2 / Math.PI);
        double bound = 16 * U * (1 + inner * (1 + 3 * 0.044715 * capped * capped));
        double error = Math.abs(Elementary.geluSlope(z) - referenceSlope(z));
        if (error > bound) {
          assertThat(error).as("slope at %s", Worst.bits(z)).isLessThanOrEqualTo(bound);
        }
      }
    }
  }

  @Test
  void slopeIsTheDerivative() {
    double h = 1e-5;
    for (double z = -8; z < 8; z += 0.03125) {
      double slope = (reference(z + h) - reference(z - h)) / (2 * h);
      assertThat((double) Elementary.geluSlope((float) z))
          .as("at %s", z)
          .isCloseTo(slope, offset(1e-5));
    }
  }

  @Test
  void vectorsHaveTheScalarBitsInEveryLaneAtEveryLength() {
    for (int offset = 0; offset < Lanes.COUNT; offset++) {
      int length = SAMPLE.length - 3 * offset;
      float[] z = Arrays.copyOfRange(SAMPLE, offset, offset + length);
      float[] upstream = new float[length];
      Arrays.fill(upstream, 1f);
      float[] a = new float[length];
      VectorElementary.gelu(z, 0, length, a);
      VectorElementary.geluDerivative(upstream, z, 0, length, new float[VectorElementary.PASS]);
      for (int i = 0; i < length; i++) {
        float x = SAMPLE[offset + i];
        same("z", x, z[i], x);
        same("gelu", x, a[i], Elementary.gelu(x));
        same("slope", x, upstream[i], Elementary.geluSlope(x));
      }
    }
  }

  /** Runs that begin and end inside a pass. */
  @Test
  void partsHaveTheBitsOfTheWhole() {
    float[] z = Arrays.copyOf(SAMPLE, 2500);
    float[] whole = ones(z.length);
    VectorElementary.geluDerivative(whole, z, 0, z.length, new float[VectorElementary.PASS]);
    for (int cut : IntStream.of(1, 7, 33, 511, 513, 1021, 1537).toArray()) {
      float[] parts = ones(z.length);
      VectorElementary.geluDerivative(parts, z, 0, cut, new float[VectorElementary.PASS]);
      VectorElementary.geluDerivative(parts, z, cut, z.length, new float[VectorElementary.PASS]);
      for (int i = 0; i < z.length; i++) {
        same("slope", z[i], parts[i], whole[i]);
      }
    }
  }

  private static float[] ones(int length) {
    float[] ones = new float[length];
    Arrays.fill(ones, 1f);
    return ones;
  }

  @ParameterizedTest
  @CsvSource({
    "-Infinity, NaN, NaN",
    "-3.4028235e38, -0, 0",
    "-20.1, -0, 0",
    "-6, -0, 0",
    "-0, -0, 0.5",
    "0, 0, 0.5",
    "6, 6, 1",
    "20.1, 20.1, 1",
    "3.4028235e38, 3.4028235e38, 1",
    "Infinity, Infinity, NaN",
    "NaN, NaN, NaN"
  })
  void specialValues(float z, float gelu, float slope) {
    same("gelu", z, Elementary.gelu(z), gelu);
    same("slope", z, Elementary.geluSlope(z), slope);
  }

  private static void same(String what, float z, float actual, float expected) {
    if (Float.floatToIntBits(actual) != Float.floatToIntBits(expected)) {
      assertThat(Worst.bits(actual))
          .as("%s at %s", what, Worst.bits(z))
          .isEqualTo(Worst.bits(expected));
    }
  }
}
