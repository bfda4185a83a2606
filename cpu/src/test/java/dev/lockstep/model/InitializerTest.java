package dev.lockstep.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitializerTest {

  private static final long SEED = 20261;
  private static final Network NETWORK = new Network(33, List.of(250, 129), Activation.TANH, 7);

  /**
   * Mean and variance of n independent draws, within 5 standard errors: of the mean sqrt(v / n); of
   * the variance v sqrt((kurtosis - 1) / n), where the kurtosis is 9/5 for a uniform and 3 for a
   * normal distribution.
   */
  @ParameterizedTest
  @CsvSource({"glorot-uniform", "glorot-normal", "he-uniform", "he-normal"})
  void everyLayerHasTheMeanAndVarianceOfItsPaper(String name) {
    Parameters drawn = draw(name, SEED);
    double kurtosis = name.endsWith("uniform") ? 1.8 : 3;
    for (int l = 0; l < NETWORK.layers(); l++) {
      double in = NETWORK.in(l);
      double variance = name.startsWith("he") ? 2 / in : 2 / (in + NETWORK.out(l));
      Matrix weights = drawn.weights().get(l);
      int n = weights.size();
      double sum = 0;
      double squares = 0;
      double largest = 0;
      for (int i = 0; i < n; i++) {
        sum += weights.value(i);
        squares += weights.value(i) * weights.value(i);
        largest = Math.max(largest, Math.abs(weights.value(i)));
      }
      String where = "%s, layer %d, seed %d".formatted(name, l + 1, SEED);
      assertThat(sum / n).as(where).isCloseTo(0, Offset.offset(5 * Math.sqrt(variance / n)));
      assertThat(squares / n)
          .as(where)
          .isCloseTo(variance, Offset.offset(5 * variance * Math.sqrt((kurtosis - 1) / n)));
      double limit = Math.sqrt(3 * variance);
      if (name.endsWith("uniform")) {
        // The largest of n falls short of the limit by 1/n of it on average, e^-20 beyond 20/n.
        assertThat(largest).as(where).isBetween(limit * (1 - 20.0 / n), limit * (1 + 0x1p-23));
      } else {
        assertThat(largest).as(where).isGreaterThan(limit);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"glorot-uniform", "he-normal", "equal", "perturbed:0.5"})
  void layersAndSeedsDrawDifferentNumbers(String name) {
    Network square = new Network(33, List.of(33, 33), Activation.RELU, 33);
    Initialization initialization = Initialization.parse("test", name);
    Parameters one = Initializer.draw(square, initialization, SEED);
    Parameters other = Initializer.draw(square, initialization, SEED + 1);

    assertThat(one.weights().get(0).value(1)).isNotEqualTo(one.weights().get(2).value(1));
    assertThat(one.weights().get(0).value(1)).isNotEqualTo(other.weights().get(0).value(1));
  }

  @ParameterizedTest
  @CsvSource({"zero, 0", "constant:0.01, 0.01", "constant:-3, -3"})
  void oneValueEverywhere(String name, float value) {
    for (Matrix weights : draw(name, SEED).weights()) {
      for (int i = 0; i < weights.size(); i++) {
        assertThat(weights.value(i)).isEqualTo(value);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"zero", "constant:2", "equal", "perturbed:1", "glorot-normal", "he-uniform"})
  void biasesStartAtZero(String name) {
    for (Matrix bias : draw(name, SEED).biases()) {
      for (int i = 0; i < bias.size(); i++) {
        assertThat(Double.doubleToRawLongBits(bias.value(i))).isZero();
      }
    }
  }

  @Test
  void equalUnitsRepeatOneUnitOfTheNarrowNetwork() {
    Parameters wide = draw("equal", SEED);
    Parameters narrow =
        Initializer.draw(
            new Network(33, List.of(1, 1), Activation.TANH, 7),
            new Initialization.EqualUnits(),
            SEED);
    for (int l = 0; l < NETWORK.layers(); l++) {
      Matrix w = wide.weights().get(l);
      Matrix unit = narrow.weights().get(l);
      for (int i = 0; i < w.rows(); i++) {
        for (int j = 0; j < w.columns(); j++) {
          double repeated = unit.value((l == 0 ? i : 0) * unit.columns() + (l == 2 ? j : 0));
          // The narrow draw is rounded too, and the division once more: two roundings.
          assertThat(w.value(i * w.columns() + j))
              .as("W%d[%d][%d]", l + 1, i, j)
              .isCloseTo(
                  l == 0 ? repeated : repeated / w.rows(),
                  Offset.offset((double) (2 * Math.ulp((float) repeated))));
        }
      }
    }
  }

  /** The noise is normal with standard deviation epsilon: its variance within 5 standard errors. */
  @Test
  void perturbedUnitsAreEqualOnesPlusNoiseOfThatSize() {
    double epsilon = 0.25;
    Parameters equal = draw("equal", SEED);
    Parameters perturbed = draw("perturbed:" + epsilon, SEED);
    for (int l = 0; l < NETWORK.layers(); l++) {
      int n = equal.weights().get(l).size();
      double squares = 0;
      for (int i = 0; i < n; i++) {
        double noise = perturbed.weights().get(l).value(i) - equal.weights().get(l).value(i);
        squares += noise * noise;
      }
      double variance = epsilon * epsilon;
      assertThat(squares / n)
          .as("layer %d, seed %d", l + 1, SEED)
          .isCloseTo(variance, Offset.offset(5 * variance * Math.sqrt(2.0 / n)));
    }
  }

  private static Parameters draw(String name, long seed) {
    return Initializer.draw(NETWORK, Initialization.parse("test", name), seed);
  }

  /** Drawn when they are read, they are the same numbers, whole, by element and by row. */
  @ParameterizedTest
  @CsvSource({"zero", "constant:0.3", "equal", "perturbed:0.5", "glorot-uniform", "he-normal"})
  void drawnOnReadingTheyAreTheSame(String name) {
    Initialization initialization = Initialization.parse("test", name);
    Parameters drawn = Initializer.draw(NETWORK, initialization, SEED);
    Parameters onReading = Initializer.onReading(NETWORK, initialization, SEED);
    for (int l = 0; l < NETWORK.layers(); l++) {
      FloatMatrix whole = (FloatMatrix) drawn.weights().get(l);
      DrawnMatrix matrix = (DrawnMatrix) onReading.weights().get(l);
      assertThat(matrix.firstDifference(whole)).as("%s, seed %d", name, SEED).isEqualTo(-1);
      assertThat(whole.firstDifference(matrix)).isEqualTo(-1);
      int last = whole.size() - 1;
      assertThat(matrix.bits(last)).isEqualTo(whole.bits(last));
      float[] row = new float[matrix.columns()];
      matrix.row(matrix.rows() - 1, row);
      assertThat(row[row.length - 1]).isEqualTo(whole.data()[last]);
      whole.data()[last] = Math.nextUp(whole.data()[last]);
      assertThat(matrix.firstDifference(whole)).isEqualTo(last);
    }
  }
}
