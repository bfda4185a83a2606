package dev.lockstep.bench.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.matrix.DoubleMatrix;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class UnitMatchingTest {

  private static final int ROWS = 250;

  private static DoubleMatrix random(int units, long seed) {
    DoubleMatrix responses = new DoubleMatrix(ROWS, units);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < responses.size(); i++) {
      responses.data()[i] = random.nextDouble(-1, 1);
    }
    return responses;
  }

  /** Column j of the result is column (5 j + 3) mod units of the argument, times factor. */
  private static DoubleMatrix shuffled(DoubleMatrix responses, double factor) {
    int units = responses.columns();
    DoubleMatrix result = new DoubleMatrix(ROWS, units);
    for (int i = 0; i < ROWS; i++) {
      for (int j = 0; j < units; j++) {
        result.data()[i * units + j] =
            factor * responses.data()[i * units + (5 * j + 3) % units] + 0.25;
      }
    }
    return result;
  }

  @Test
  void aLayerIsLikeItself() {
    DoubleMatrix responses = random(7, 1);
    UnitMatching matching = UnitMatching.of(responses, responses);
    assertThat(matching.byNumber()).isCloseTo(1, within(1e-12));
    assertThat(matching.byAssignment()).isCloseTo(1, within(1e-12));
    assertThat(matching.ofAny()).isBetween(1 / 7.0, 0.3);
  }

  /** Shifted, scaled and turned round: all the same to a correlation's size. */
  @Test
  void theAssignmentFindsUnitsThatChangedPlaces() {
    for (int units : new int[] {2, 7, 33, 129}) {
      DoubleMatrix responses = random(units, units);
      UnitMatching matching = UnitMatching.of(responses, shuffled(responses, -3));
      assertThat(matching.byAssignment()).as("%d units", units).isCloseTo(1, within(1e-12));
    }
    UnitMatching by7 = UnitMatching.of(random(33, 7), shuffled(random(33, 7), -3));
    assertThat(by7.byNumber()).isLessThan(0.2);
  }

  /** All assignments of three units, one by one. */
  @Test
  void theAssignmentIsTheBest() {
    for (int seed = 0; seed < 20; seed++) {
      DoubleMatrix one = random(3, 2 * seed);
      DoubleMatrix other = random(3, 2 * seed + 1);
      double best = 0;
      int[][] orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
      for (int[] order : orders) {
        DoubleMatrix turned = new DoubleMatrix(ROWS, 3);
        for (int i = 0; i < turned.size(); i++) {
          turned.data()[i] = other.data()[i / 3 * 3 + order[i % 3]];
        }
        best = Math.max(best, UnitMatching.of(one, turned).byNumber());
      }
      assertThat(UnitMatching.of(one, other).byAssignment())
          .as("seed %d", seed)
          .isCloseTo(best, within(1e-12));
    }
  }

  @Test
  void aUnitThatNeverChangesIsLikeNone() {
    DoubleMatrix constant = new DoubleMatrix(ROWS, 2);
    UnitMatching matching = UnitMatching.of(constant, random(2, 3));
    assertThat(matching.correlations()).hasSize(2).containsOnly(List.of(0.0, 0.0));
    assertThat(matching.byNumber()).isZero();
    assertThat(matching.ofAny()).isZero();
    assertThat(matching.standardError()).isZero();
    assertThat(matching.byAssignment()).isZero();
    assertThat(matching.assignment()).containsExactlyInAnyOrder(0, 1);
  }
}
