package dev.lockstep.symmetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.matrix.DoubleMatrix;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Against values worked out by hand; each column is a unit. */
final class DivergenceTest {

  private static final Offset<Double> ROUNDING = Offset.offset(1e-15);

  private static Divergence of(int rows, int columns, double... values) {
    return Divergence.of(UnitSlices.ofColumns(new DoubleMatrix(rows, columns, values)));
  }

  @Test
  void equalUnits() {
    Divergence divergence = of(2, 3, 1, 1, 1, 2, 2, 2);
    assertThat(divergence.relativeSpread()).isZero();
    assertThat(divergence.meanCosine()).isCloseTo(1, ROUNDING);
    assertThat(divergence.zeroUnits()).isZero();
    assertThat(divergence.participationRatio()).isZero();
  }

  /** Units (1, 0) and (0, 1): mean (1/2, 1/2), each sqrt(1/2) away from it, which is its length. */
  @Test
  void twoUnitsAtRightAngles() {
    Divergence divergence = of(2, 2, 1, 0, 0, 1);
    assertThat(divergence.relativeSpread()).isCloseTo(1, ROUNDING);
    assertThat(divergence.meanCosine()).isCloseTo(0, ROUNDING);
    assertThat(divergence.participationRatio()).isCloseTo(1, ROUNDING);
  }

  /**
   * Units (4, 3), (2, 3), (3, 5), (3, 1): mean (3, 3), deviations (+-1, 0) and (0, +-2). Covariance
   * up to a factor diag(2, 8): (2 + 8)^2 / (4 + 64) = 25/17. Spread sqrt(10/4) / sqrt(18).
   */
  @Test
  void fourUnitsOnACross() {
    Divergence divergence = of(2, 4, 4, 2, 3, 3, 3, 3, 5, 1);
    assertThat(divergence.relativeSpread()).isCloseTo(Math.sqrt(2.5 / 18), ROUNDING);
    assertThat(divergence.participationRatio()).isCloseTo(25.0 / 17, ROUNDING);
    assertThat(
            Divergence.relativeSpread(
                UnitSlices.ofColumns(
                    new DoubleMatrix(2, 4, new double[] {4, 2, 3, 3, 3, 3, 5, 1}))))
        .isEqualTo(divergence.relativeSpread());
  }

  /** Of (3, 4), (0, 0), (6, 8) and (-4, 3) the cosines of the pairs are 1, 0 and 0. */
  @Test
  void unitsOfZeroHaveNoDirection() {
    Divergence divergence = of(2, 4, 3, 0, 6, -4, 4, 0, 8, 3);
    assertThat(divergence.zeroUnits()).isEqualTo(1);
    assertThat(divergence.meanCosine()).isCloseTo(1.0 / 3, ROUNDING);
  }

  @Test
  void aSingleUnitAndAllZero() {
    assertThat(of(2, 1, 3, 4)).isEqualTo(new Divergence(0, 1, 0, 0));
    assertThat(of(2, 3, 0, 0, 0, 0, 0, 0)).isEqualTo(new Divergence(0, 1, 3, 0));
  }

  @Test
  void aMeanUnitOfZeroMakesTheSpreadInfinite() {
    assertThat(of(1, 2, 1, -1).relativeSpread()).isInfinite();
  }

  /** One ulp apart: u, u + e. Nothing is lost, since differences are taken first. */
  @Test
  void unitsOneUlpApart() {
    double e = Math.ulp(1.0);
    assertThat(of(1, 2, 1, 1 + e).relativeSpread()).isCloseTo(e / 2, Offset.offset(e * e));
  }
}
