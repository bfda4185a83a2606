package dev.lockstep.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockstep.input.InputException;
import dev.lockstep.matrix.DrawnMatrix;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.symmetry.UnitClasses;
import dev.lockstep.symmetry.UnitSlices;
import java.util.List;
import java.util.Locale;
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
  @CsvSource({
    "glorot-uniform",
    "glorot-normal",
    "he-uniform",
    "he-normal",
    "lecun-uniform",
    "lecun-normal",
    "uniform:0.3",
    "normal:0.2"
  })
  void everyLayerHasTheMeanAndVarianceOfItsPaper(String name) {
    Parameters drawn = draw(name, SEED);
    double kurtosis = name.contains("uniform") ? 1.8 : 3;
    for (int l = 0; l < NETWORK.depth() + 1; l++) {
      double in = NETWORK.in(l);
      double variance = variance(name, in, NETWORK.out(l));
      Matrix weights = drawn.weights(l);
      int n = weights.size();
      double sum = 0;
      double squares = 0;
      double largest = 0;
      for (int i = 0; i < n; i++) {
        sum += weights.value(i);
        squares += weights.value(i) * weights.value(i);
        largest = Math.max(largest, Math.abs(weights.value(i)));
      }
      String where = String.format(Locale.ROOT, "%s, layer %d, seed %d", name, l + 1, SEED);
      assertThat(sum / n).as(where).isCloseTo(0, Offset.offset(5 * Math.sqrt(variance / n)));
      assertThat(squares / n)
          .as(where)
          .isCloseTo(variance, Offset.offset(5 * variance * Math.sqrt((kurtosis - 1) / n)));
      double limit = Math.sqrt(3 * variance);
      if (name.contains("uniform")) {
        // The largest of n falls short of the limit by 1/n of it on average, e^-20 beyond 20/n.
        assertThat(largest).as(where).isBetween(limit * (1 - 20.0 / n), limit * (1 + 0x1p-23));
      } else {
        assertThat(largest).as(where).isGreaterThan(limit);
      }
    }
  }

  private static double variance(String name, double in, double out) {
    return switch (name.substring(0, 2)) {
      case "gl" -> 2 / (in + out);
      case "he" -> 2 / in;
      case "le" -> 1 / in;
      case "un" -> 0.3 * 0.3 / 3;
      default -> 0.2 * 0.2;
    };
  }

  /** Of the fewer, rows or columns, each has length 1 and stands at right angles to the others. */
  @Test
  void orthogonalLayersHaveOrthonormalColumnsOrRows() {
    for (Matrix w : Dense.weights(draw("orthogonal", SEED))) {
      boolean tall = w.rows() >= w.columns();
      int slim = Math.min(w.rows(), w.columns());
      for (int a = 0; a < slim; a++) {
        for (int b = 0; b <= a; b++) {
          double product = 0;
          for (int k = 0; k < Math.max(w.rows(), w.columns()); k++) {
            product +=
                tall
                    ? w.value(k * w.columns() + a) * w.value(k * w.columns() + b)
                    : w.value(a * w.columns() + k) * w.value(b * w.columns() + k);
          }
          // Each element is rounded by 2^-25 at most, and their squares add up to 1.
          assertThat(product)
              .as("%s, %d and %d, seed %d", w.shape(), a, b, SEED)
              .isCloseTo(a == b ? 1 : 0, Offset.offset(0x1p-22));
        }
      }
    }
  }

  /**
   * Uniformly distributed, the first element of a column of n is symmetric with variance 1 / n:
   * over 400 seeds its mean and variance within 5 standard errors. (Without the signs of R's
   * diagonal it is never positive.)
   */
  @Test
  void orthogonalMatricesFavourNoDirection() {
    Network one = new Network(7, List.of(), Activation.IDENTITY, 7);
    int seeds = 400;
    for (int element : new int[] {0, 3, 24, 48}) {
      double sum = 0;
      double squares = 0;
      for (int seed = 0; seed < seeds; seed++) {
        Matrix w = Initializer.draw(one, new Initialization.Orthogonal(), seed).weights(0);
        sum += w.value(element);
        squares += w.value(element) * w.value(element);
      }
      assertThat(sum / seeds)
          .as("element %d", element)
          .isCloseTo(0, Offset.offset(5 * Math.sqrt(1.0 / 7 / seeds)));
      assertThat(squares / seeds)
          .as("element %d", element)
          .isCloseTo(1.0 / 7, Offset.offset(5 * Math.sqrt(2.0 / seeds) / 7));
    }
  }

  @ParameterizedTest
  @CsvSource({"hadamard", "identity"})
  void withoutChanceNoTwoUnitsAreAlike(String name) {
    for (int[] sizes :
        new int[][] {
          {33, 250, 129, 7}, {64, 129, 129, 10}, {7, 33, 33, 7}, {784, 1021, 1021, 10}
        }) {
      Network network =
          new Network(sizes[0], List.of(sizes[1], sizes[2]), Activation.TANH, sizes[3]);
      Initialization initialization = Initialization.parse("test", name);
      Parameters one = Initializer.draw(network, initialization, SEED);
      for (Matrix w : Dense.weights(one)) {
        boolean square = w.rows() == w.columns();
        double size = name.equals("identity") && square ? 1 : 1 / Math.sqrt(w.rows());
        for (int i = 0; i < w.size(); i++) {
          boolean offDiagonal = size == 1 && i % w.columns() != i / w.columns();
          assertThat(Math.abs(w.value(i))).isEqualTo(offDiagonal ? 0 : (float) size);
        }
      }
      for (int layer = 0; layer < network.depth(); layer++) {
        assertThat(UnitClasses.of(UnitSlices.of(one, layer)).count())
            .as("hidden layer %d of %s", layer + 1, network)
            .isEqualTo(network.out(layer));
      }
      Parameters other = Initializer.draw(network, initialization, SEED + 1);
      for (int l = 0; l < one.layers(); l++) {
        assertThat(one.weights(l).firstDifference(other.weights(l))).isEqualTo(-1);
      }
    }
  }

  /** One unit class in every layer, and in the first layer the random network's first unit. */
  @ParameterizedTest
  @CsvSource({
    "uniform:1",
    "normal:0.05",
    "glorot-uniform",
    "he-normal",
    "lecun-normal",
    "orthogonal"
  })
  void copiesAreOfTheFirstRandomUnit(String name) {
    Parameters copies = draw("copies:" + name, SEED);
    Parameters random = draw(name, SEED);
    for (int l = 0; l < NETWORK.depth() + 1; l++) {
      Matrix w = copies.weights(l);
      double root = l == 0 ? 1 : Math.sqrt(w.rows());
      for (int i = 0; i < w.rows(); i++) {
        for (int j = 0; j < w.columns(); j++) {
          int first = (l == 0 ? i : 0) * w.columns() + (l == NETWORK.depth() ? j : 0);
          assertThat((float) w.value(i * w.columns() + j))
              .as("W%d[%d][%d]", l + 1, i, j)
              .isEqualTo((float) (random.weights(l).value(first) / root));
        }
      }
    }
    for (int layer = 0; layer < NETWORK.depth(); layer++) {
      assertThat(UnitClasses.of(UnitSlices.of(copies, layer)).count()).isEqualTo(1);
    }
    assertThat(Initialization.parse("test", "copies:" + name).unitsStartEqual()).isTrue();
  }

  /** Unit classes of the given sizes, one of them drawn as the network of one unit a group. */
  @Test
  void groupsAreUnitClasses() {
    Network wide = new Network(33, List.of(129, 129), Activation.TANH, 7);
    Parameters drawn =
        Initializer.draw(wide, Initialization.parse("test", "groups:100+1+28"), SEED);
    Parameters narrow =
        Initializer.draw(
            new Network(33, List.of(3, 3), Activation.TANH, 7),
            new Initialization.Glorot(Initialization.Distribution.UNIFORM),
            SEED);
    for (int layer = 0; layer < 2; layer++) {
      UnitClasses classes = UnitClasses.of(UnitSlices.of(drawn, layer));
      assertThat(classes.count()).isEqualTo(3);
    }
    Matrix second = drawn.weights(1);
    Matrix ofGroups = narrow.weights(1);
    assertThat(second.value(128)).isCloseTo(ofGroups.value(2) / 100, Offset.offset(1e-8));
    assertThat(second.value(100 * 129 + 100)).isEqualTo(ofGroups.value(4));
    assertThat(second.value(101 * 129)).isCloseTo(ofGroups.value(6) / 28, Offset.offset(1e-8));
  }

  @Test
  void groupsMustAddUpToTheWidth() {
    assertThatThrownBy(() -> draw("groups:100+28", SEED))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "scenario: initialization is groups:100+28, expected sizes that add up to 250, the"
                + " units of a hidden layer");
  }

  @ParameterizedTest
  @CsvSource({
    "glorot-uniform",
    "he-normal",
    "equal",
    "perturbed:0.5",
    "orthogonal",
    "uniform:1",
    "copies"
  })
  void layersAndSeedsDrawDifferentNumbers(String name) {
    Network square = new Network(33, List.of(33, 33), Activation.RELU, 33);
    Initialization initialization = Initialization.parse("test", name);
    Parameters one = Initializer.draw(square, initialization, SEED);
    Parameters other = Initializer.draw(square, initialization, SEED + 1);

    assertThat(one.weights(0).value(1)).isNotEqualTo(one.weights(2).value(1));
    assertThat(one.weights(0).value(1)).isNotEqualTo(other.weights(0).value(1));
  }

  @ParameterizedTest
  @CsvSource({"zero, 0", "constant:0.01, 0.01", "constant:-3, -3"})
  void oneValueEverywhere(String name, float value) {
    for (Matrix weights : Dense.weights(draw(name, SEED))) {
      for (int i = 0; i < weights.size(); i++) {
        assertThat(weights.value(i)).isEqualTo(value);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "zero",
    "constant:2",
    "equal",
    "copies",
    "perturbed:1",
    "glorot-normal",
    "orthogonal"
  })
  void biasesStartAtZero(String name) {
    for (Matrix bias : Dense.biases(draw(name, SEED))) {
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
    for (int l = 0; l < NETWORK.depth() + 1; l++) {
      Matrix w = wide.weights(l);
      Matrix unit = narrow.weights(l);
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
    for (int l = 0; l < NETWORK.depth() + 1; l++) {
      int n = equal.weights(l).size();
      double squares = 0;
      for (int i = 0; i < n; i++) {
        double noise = perturbed.weights(l).value(i) - equal.weights(l).value(i);
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
  @CsvSource({
    "zero",
    "constant:0.3",
    "equal",
    "perturbed:0.5",
    "uniform:0.1",
    "normal:0.1",
    "glorot-uniform",
    "he-normal",
    "lecun-normal",
    "hadamard",
    "identity"
  })
  void drawnOnReadingTheyAreTheSame(String name) {
    Initialization initialization = Initialization.parse("test", name);
    Parameters drawn = Initializer.draw(NETWORK, initialization, SEED);
    Parameters onReading = Initializer.onReading(NETWORK, initialization, SEED);
    for (int l = 0; l < NETWORK.depth() + 1; l++) {
      FloatMatrix whole = (FloatMatrix) drawn.weights(l);
      DrawnMatrix matrix = (DrawnMatrix) onReading.weights(l);
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
