package dev.lockstep.symmetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.backend.Kind;
import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Dense;
import dev.lockstep.model.Parameters;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class UnitClassesTest {

  /** The same numbers in both precisions. */
  private enum Precision {
    BINARY32,
    BINARY64;

    Matrix matrix(int rows, int columns, double... values) {
      DoubleMatrix wide = new DoubleMatrix(rows, columns, values);
      if (this == BINARY64) {
        return wide;
      }
      FloatMatrix narrow = new FloatMatrix(rows, columns);
      for (int i = 0; i < values.length; i++) {
        narrow.data()[i] = (float) values[i];
      }
      return narrow;
    }
  }

  @ParameterizedTest
  @EnumSource
  void sortsUnitsByAllTheirNumbers(Precision precision) {
    // Four units: columns of the incoming weights, of the bias, rows of the outgoing weights.
    Parameters parameters =
        Dense.parameters(
            List.of(
                precision.matrix(2, 4, 1, 1, 1, 1, 2, 2, 2, 2),
                precision.matrix(4, 2, 5, 6, 5, 6, 5, 7, 5, 6)),
            List.of(precision.matrix(1, 4, 3, 4, 3, 3), precision.matrix(1, 2, 0, 1)));
    UnitSlices slices = UnitSlices.of(parameters, 0);
    UnitClasses classes = UnitClasses.of(slices);
    assertThat(classes.classOf()).containsExactly(0, 1, 2, 0);
    assertThat(classes.count()).isEqualTo(3).isEqualTo(classes.countByValue());
    assertThat(classes.lockstep()).isFalse();
    assertThat(UnitClasses.lockstep(slices)).isFalse();
    assertThat(classes.firstOutside()).isEqualTo(1);
    assertThat(classes.lastOutside()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void equalUnitsAreInLockstep(Precision precision) {
    Parameters parameters =
        Dense.parameters(
            List.of(
                precision.matrix(2, 3, 1, 1, 1, Double.NaN, Double.NaN, Double.NaN),
                precision.matrix(3, 2, 5, -0.0, 5, -0.0, 5, -0.0)),
            List.of(precision.matrix(1, 3, 0, 0, 0), precision.matrix(1, 2, 8, 9)));
    UnitSlices slices = UnitSlices.of(parameters, 0);
    UnitClasses classes = UnitClasses.of(slices);
    assertThat(classes.count()).isEqualTo(1);
    assertThat(classes.countByValue()).isEqualTo(1);
    assertThat(classes.lockstep()).isTrue();
    assertThat(UnitClasses.lockstep(slices)).isTrue();
    assertThat(classes.firstOutside()).isEqualTo(-1);
    assertThat(classes.lastOutside()).isEqualTo(-1);
  }

  @ParameterizedTest
  @EnumSource
  void zerosOfEitherSignAreEqualByValueOnly(Precision precision) {
    UnitClasses byValue =
        UnitClasses.of(
                UnitSlices.ofColumns(precision.matrix(2, 4, 0.0, -0.0, 0.0, -0.0, 1, 1, 1, 2)))
            .decisive(Kind.LIBRARY);
    assertThat(byValue.classOf()).containsExactly(0, 0, 0, 3);
    assertThat(byValue.count()).isEqualTo(2);
    UnitSlices slices = UnitSlices.ofColumns(precision.matrix(2, 3, 0.0, -0.0, 0.0, 1, 1, 1));
    UnitClasses classes = UnitClasses.of(slices);
    assertThat(classes.classOf()).containsExactly(0, 1, 0);
    assertThat(classes.count()).isEqualTo(2);
    assertThat(classes.countByValue()).isEqualTo(1);
    assertThat(UnitClasses.lockstep(slices)).isFalse();
  }

  @Test
  void nansOfAnyPayloadAreEqual() {
    float other = Float.intBitsToFloat(0xffc12345);
    UnitSlices slices = UnitSlices.ofColumns(new FloatMatrix(1, 2, new float[] {Float.NaN, other}));
    assertThat(UnitClasses.of(slices).count()).isEqualTo(1);
    assertThat(UnitClasses.lockstep(slices)).isTrue();
  }

  /** Against comparing every pair of columns. */
  @Test
  void manyUnitsAreSortedAsPairwiseComparisonDoes() {
    Random random = new Random(7);
    int rows = 6;
    int units = 300;
    FloatMatrix matrix = new FloatMatrix(rows, units);
    for (int i = 0; i < matrix.size(); i++) {
      matrix.data()[i] = random.nextInt(2) * (random.nextBoolean() ? 1f : 0.5f);
    }
    int[] expected = new int[units];
    List<Integer> firsts = new ArrayList<>();
    for (int j = 0; j < units; j++) {
      int unit = j;
      expected[j] =
          firsts.stream().filter(f -> columnsEqual(matrix, f, unit)).findFirst().orElse(j);
      if (expected[j] == j) {
        firsts.add(j);
      }
    }
    UnitClasses classes = UnitClasses.of(UnitSlices.ofColumns(matrix));
    assertThat(classes.classOf()).containsExactly(expected);
    assertThat(classes.count()).isEqualTo(firsts.size());
  }

  private static boolean columnsEqual(FloatMatrix matrix, int a, int b) {
    for (int i = 0; i < matrix.rows(); i++) {
      if (matrix.data()[i * matrix.columns() + a] != matrix.data()[i * matrix.columns() + b]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Two units whose hashes are equal and whose numbers are not: the hash is mix(mix(x) xor y), so y
   * is chosen to undo the difference of mix(x).
   */
  @Test
  void unequalUnitsOfEqualHashStayApart() {
    double x = 1.0;
    double other = 2.0;
    long y = Double.doubleToLongBits(3.0);
    long undo =
        Digest.mix(Double.doubleToLongBits(x)) ^ Digest.mix(Double.doubleToLongBits(other)) ^ y;
    double z = Double.longBitsToDouble(undo);
    assertThat(Double.doubleToLongBits(z)).as("no NaN").isEqualTo(undo);
    DoubleMatrix matrix = new DoubleMatrix(2, 4, new double[] {x, other, other, x, 3.0, z, z, 3.0});
    UnitClasses classes = UnitClasses.of(UnitSlices.ofColumns(matrix));
    assertThat(classes.classOf()).containsExactly(0, 1, 1, 0);
    assertThat(classes.count()).isEqualTo(2);
  }
}
