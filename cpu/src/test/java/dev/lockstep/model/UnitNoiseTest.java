package dev.lockstep.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import dev.lockstep.input.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UnitNoiseTest {

  private static final long SEED = 20261129;

  @Test
  void aDrawDependsOnSeedStepLayerAndUnitAlone() {
    UnitNoise noise = new UnitNoise(0.5, SEED);
    float[] fifth = noise.draw(5, 1, 33);
    assertThat(noise.draw(0, 1, 33)).isNotEqualTo(fifth);
    assertThat(noise.draw(5, 1, 33)).isEqualTo(fifth);
    assertThat(noise.draw(5, 0, 33)).isNotEqualTo(fifth);
    assertThat(new UnitNoise(0.5, SEED + 1).draw(5, 1, 33)).isNotEqualTo(fifth);
    assertThat(fifth).doesNotHaveDuplicates();
    float[] twice = new UnitNoise(1, SEED).draw(5, 1, 33);
    for (int j = 0; j < fifth.length; j++) {
      assertThat(2 * fifth[j]).isEqualTo(twice[j]);
    }
  }

  /** Mean and variance of 10^5 draws are within five standard errors of 0 and of the square. */
  @Test
  void drawsAreNormalOfTheirDeviation() {
    double deviation = 0.3;
    UnitNoise noise = new UnitNoise(deviation, SEED);
    int steps = 100;
    int units = 1000;
    double sum = 0;
    double squares = 0;
    int beyond = 0;
    for (int step = 0; step < steps; step++) {
      for (float x : noise.draw(step, 0, units)) {
        sum += x;
        squares += (double) x * x;
        beyond += Math.abs(x) > 2 * deviation ? 1 : 0;
      }
    }
    double n = (double) steps * units;
    assertThat(sum / n).isCloseTo(0, offset(5 * deviation / Math.sqrt(n)));
    double variance = deviation * deviation;
    assertThat(squares / n).isCloseTo(variance, offset(5 * variance * Math.sqrt(2 / n)));
    assertThat(beyond / n).isCloseTo(0.0455, offset(5 * Math.sqrt(0.0455 / n)));
  }

  @Test
  void noneIsNone() {
    assertThat(UnitNoise.none().isNone()).isTrue();
    assertThat(new UnitNoise(1e-9, SEED).isNone()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-0.1", "NaN", "Infinity", "1000001", "much"})
  void refusesWhatIsNoDeviation(String text) {
    assertThatThrownBy(() -> UnitNoise.parseDeviation("--noise", text))
        .isInstanceOf(InputException.class)
        .hasMessage("--noise: noise is " + text + ", expected a number from 0 to 1000000");
  }
}
