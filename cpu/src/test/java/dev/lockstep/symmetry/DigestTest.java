package dev.lockstep.symmetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.FloatMatrix;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class DigestTest {

  /** The first outputs of splitmix64 from seed 0, as its reference implementation prints them. */
  @Test
  void mixIsSplitmix64() {
    assertThat(Digest.mix(0)).isEqualTo(0xe220a8397b1dcdafL);
    assertThat(Digest.mix(0x9E3779B97F4A7C15L)).isEqualTo(0x6e789e6aa1b965f4L);
  }

  /** Elements added in any order, by a second writing of the definition. */
  @Test
  void theSumHasNoOrder() {
    FloatMatrix matrix = random(17, 9);
    long low = 0;
    long high = 0;
    for (int i = matrix.size() - 1; i >= 0; i--) {
      long bits = Integer.toUnsignedLong(Float.floatToRawIntBits(matrix.data()[i]));
      long element = ((long) i << 32) ^ bits;
      low += Digest.mix(element);
      high += Digest.mix(element ^ 0x9E3779B97F4A7C15L);
    }
    assertThat(Digest.of(matrix)).isEqualTo(new Digest(low, high));
  }

  @Test
  void everyBitOfEveryElementCounts() {
    FloatMatrix matrix = random(5, 7);
    Set<String> seen = new TreeSet<>(Set.of(Digest.of(matrix).toString()));
    for (int i = 0; i < matrix.size(); i++) {
      float kept = matrix.data()[i];
      for (int bit = 0; bit < 32; bit++) {
        float flipped = Float.intBitsToFloat(Float.floatToRawIntBits(kept) ^ (1 << bit));
        matrix.data()[i] = flipped;
        assertThat(seen.add(Digest.of(matrix).toString())).as("bit %d of %d", bit, i).isTrue();
      }
      matrix.data()[i] = kept;
    }
  }

  @Test
  void positionsCount() {
    Digest digest = Digest.of(new FloatMatrix(1, 3, new float[] {1, 2, 3}));
    assertThat(Digest.of(new FloatMatrix(1, 3, new float[] {2, 1, 3}))).isNotEqualTo(digest);
    assertThat(Digest.of(new DoubleMatrix(1, 2, new double[] {1, 2})))
        .isNotEqualTo(Digest.of(new DoubleMatrix(1, 2, new double[] {2, 1})));
  }

  @Test
  void nansAreOneAndZerosTwo() {
    float other = Float.intBitsToFloat(0xffc12345);
    assertThat(one(other)).isEqualTo(one(Float.NaN));
    assertThat(one(-0f)).isNotEqualTo(one(0f));
  }

  @Test
  void isWrittenHighHalfFirst() {
    assertThat(new Digest(1, 0xabL)).hasToString("00000000000000ab0000000000000001");
  }

  private static Digest one(float value) {
    return Digest.of(new FloatMatrix(1, 1, new float[] {value}));
  }

  private static FloatMatrix random(int rows, int columns) {
    Random random = new Random(3);
    FloatMatrix matrix = new FloatMatrix(rows, columns);
    for (int i = 0; i < matrix.size(); i++) {
      matrix.data()[i] = random.nextFloat();
    }
    return matrix;
  }
}
