package dev.lockstep.bench.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NearDuplicatesTest {

  private static final long ALL = Long.MAX_VALUE;

  private static int[] all(Matrix matrix) {
    return IntStream.range(0, matrix.rows()).toArray();
  }

  /** The definition: the cosine of every pair. */
  private static boolean[] naive(Matrix matrix, double limit) {
    int n = matrix.rows();
    boolean[] near = new boolean[n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < i; j++) {
        double cosine =
            dot(matrix, i, j) / Math.sqrt(dot(matrix, i, i)) / Math.sqrt(dot(matrix, j, j));
        if (cosine > limit) {
          near[i] = true;
          near[j] = true;
        }
      }
    }
    return near;
  }

  private static double dot(Matrix matrix, int i, int j) {
    double sum = 0;
    for (int k = 0; k < matrix.columns(); k++) {
      sum += matrix.value(i * matrix.columns() + k) * matrix.value(j * matrix.columns() + k);
    }
    return sum;
  }

  /** Some units close to earlier ones, at distances on both sides of the limit. */
  private static FloatMatrix clustered(int units, int numbers, long seed) {
    Random random = new Random(seed);
    FloatMatrix matrix = new FloatMatrix(units, numbers);
    for (int j = 0; j < units; j++) {
      int model = random.nextInt(j + 1);
      double noise = Math.pow(10, -3 * random.nextDouble());
      for (int k = 0; k < numbers; k++) {
        double from = model == j || random.nextInt(3) == 0 ? 0 : matrix.data()[model * numbers + k];
        matrix.data()[j * numbers + k] = (float) (from + noise * random.nextGaussian());
      }
      if (random.nextBoolean() && model != j) {
        float scale = 1 + 9 * random.nextFloat();
        for (int k = 0; k < numbers; k++) {
          matrix.data()[j * numbers + k] =
              scale * matrix.data()[model * numbers + k] + (float) (noise * random.nextGaussian());
        }
      }
    }
    return matrix;
  }

  @ParameterizedTest
  @CsvSource({
    "1, 7, 0.9999", "2, 2, 0.9999", "7, 3, 0.9999", "33, 15, 0.9999", "129, 16, 0.999",
    "129, 17, 0.99", "250, 33, 0.9999", "250, 64, 0.9", "61, 1021, 0.9999", "61, 31, 0",
    "61, 129, 0.5", "250, 2, 0.999999"
  })
  void findsWhatComparingAllPairsFinds(int units, int numbers, double limit) {
    FloatMatrix matrix = clustered(units, numbers, units * 31L + numbers);
    NearDuplicates found = NearDuplicates.of(matrix, all(matrix), limit, ALL);
    assertThat(found.complete()).isTrue();
    assertThat(found.near()).isEqualTo(naive(matrix, limit));
    if (units > 2) {
      assertThat(found.near()).contains(true);
      NearDuplicates.Pair pair = Objects.requireNonNull(found.example());
      assertThat(pair.first()).isLessThan(pair.second());
    }
  }

  @Test
  void comparesOnlyTheUnitsGiven() {
    FloatMatrix matrix = new FloatMatrix(4, 2, new float[] {1, 0, 1, 1, 1, 0, -1, -1.000001f});
    NearDuplicates found = NearDuplicates.of(matrix, new int[] {0, 1, 3}, 0.9999, ALL);
    assertThat(found.near()).containsExactly(false, false, false);
    assertThat(found.example()).isNull();
    found = NearDuplicates.of(matrix, new int[] {1, 2, 0}, 0.9999, ALL);
    assertThat(found.example()).isEqualTo(new NearDuplicates.Pair(0, 2));
  }

  /** What differs in one number, wherever it stands, is not near. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 16, 17, 250, 1020})
  void seesADifferenceAtAnyPlace(int place) {
    FloatMatrix matrix = new FloatMatrix(2, 1021);
    for (int i = 0; i < matrix.size(); i++) {
      matrix.data()[i] = 1;
    }
    matrix.data()[1021 + place] = 1.4f;
    assertThat(NearDuplicates.of(matrix, all(matrix), 0.9999, ALL).near())
        .containsExactly(true, true);
    matrix.data()[1021 + place] = 1.5f;
    assertThat(NearDuplicates.of(matrix, all(matrix), 0.9999, ALL).near())
        .containsExactly(false, false);
  }

  /** Squares of such numbers overflow or vanish. */
  @Test
  void numbersOfAnySizeHaveADirection() {
    for (double size : new double[] {Double.MAX_VALUE, 1e200, 1e-200, 1e-310}) {
      DoubleMatrix matrix =
          new DoubleMatrix(
              4,
              3,
              new double[] {
                size, size / 2, 0, size, size / 2 * 0.999, 0, 0, size, size, 2, 1.0000001, 0
              });
      assertThat(NearDuplicates.of(matrix, all(matrix), 0.9999, ALL).near())
          .as("%s", size)
          .containsExactly(true, true, false, true);
    }
  }

  @Test
  void aCosineIsNeverAboveOne() {
    FloatMatrix matrix = new FloatMatrix(3, 2, new float[] {1, 0, 2, 0, 3, -0f});
    assertThat(NearDuplicates.of(matrix, all(matrix), 1, ALL).near())
        .containsExactly(false, false, false);
    assertThat(NearDuplicates.of(matrix, all(matrix), 0.9999, ALL).near())
        .containsExactly(true, true, true);
  }

  @Test
  void saysHowManyWereComparedWhenItStops() {
    FloatMatrix matrix = clustered(250, 33, 5);
    NearDuplicates found = NearDuplicates.of(matrix, all(matrix), 0.9999, 20_000);
    assertThat(found.complete()).isFalse();
    assertThat(found.searched()).isBetween(1, 249);
    assertThat(NearDuplicates.of(matrix, all(matrix), 0.9999, 0).complete()).isFalse();
  }

  /**
   * Far fewer numbers than 1021 * 1020 / 2 pairs have: the search of a large layer comes to an end.
   */
  @Test
  void randomUnitsNeedFewNumbers() {
    Random random = new Random(3);
    FloatMatrix matrix = new FloatMatrix(1021, 1021);
    for (int i = 0; i < matrix.size(); i++) {
      matrix.data()[i] = (float) random.nextGaussian();
    }
    assertThat(NearDuplicates.of(matrix, all(matrix), 0.9999, 17L * 1021 * 1020 / 4).complete())
        .isTrue();
  }
}
