package dev.lockstep.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Dense;
import dev.lockstep.model.Parameters;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DifferenceTest {

  private static FloatMatrix row(float... values) {
    return new FloatMatrix(1, values.length, values);
  }

  @Test
  void saysWhereAndWhat() {
    FloatMatrix expected = new FloatMatrix(2, 2, new float[] {1, 2, 3, 0.25f});
    FloatMatrix actual = new FloatMatrix(2, 2, new float[] {1, 2, 3, Math.nextUp(0.25f)});
    assertThat(Difference.first(3, "W2", expected, actual).orElseThrow())
        .hasToString("step 3, W2[1][1]: 0.25 (0x3e800000) expected, 0.25000003 (0x3e800001) found");
  }

  @Test
  void tellsZerosApartButNotNans() {
    assertThat(Difference.first(1, "b1", row(0f), row(-0f)).orElseThrow())
        .hasToString("step 1, b1[0][0]: 0.0 (0x00000000) expected, -0.0 (0x80000000) found");
    assertThat(Difference.first(1, "b1", row(Float.NaN), row(Float.intBitsToFloat(0xffc00001))))
        .isEmpty();
  }

  @Test
  void showsBinary64InFull() {
    Matrix one = new DoubleMatrix(1, 1, new double[] {1});
    Matrix two = new DoubleMatrix(1, 1, new double[] {2});
    assertThat(Difference.first(0, "W1", one, two).orElseThrow())
        .hasToString(
            "step 0, W1[0][0]: 1.0 (0x3ff0000000000000) expected, 2.0 (0x4000000000000000) found");
  }

  @Test
  void looksLayerByLayerWeightsFirst() {
    Parameters expected = Dense.parameters(List.of(row(1), row(2)), List.of(row(3), row(4)));
    assertThat(Difference.first(1, expected, expected.copy())).isEmpty();
    assertThat(tensor(expected, Dense.parameters(List.of(row(1), row(9)), List.of(row(9), row(4)))))
        .isEqualTo("b1");
    assertThat(tensor(expected, Dense.parameters(List.of(row(9), row(2)), List.of(row(9), row(4)))))
        .isEqualTo("W1");
    assertThat(tensor(expected, Dense.parameters(List.of(row(1), row(2)), List.of(row(3), row(9)))))
        .isEqualTo("b2");
  }

  private static String tensor(Parameters expected, Parameters actual) {
    return Difference.first(1, expected, actual).orElseThrow().tensor();
  }
}
