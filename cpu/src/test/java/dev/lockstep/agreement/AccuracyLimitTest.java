package dev.lockstep.agreement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lockstep.agreement.AccuracyLimit.Owed;
import org.junit.jupiter.api.Test;

final class AccuracyLimitTest {

  private static AccuracyLimit of(int rows, int judged, int reference, Owed owed) {
    return new AccuracyLimit(rows, (double) judged / rows, (double) reference / rows, owed);
  }

  /** v = 2 450 0.9 0.1 = 81, a = ln 2000000 = 14.5087. */
  @Test
  void theLimitIsBernsteins() {
    AccuracyLimit limit = of(450, 400, 410, Owed.ALIKE);
    assertThat(limit.limit()).isCloseTo(4.8362 + Math.sqrt(23.389 + 2350.41), within(0.01));
    assertThat(limit.share()).isCloseTo(10 / 53.56, within(0.001));
    assertThat(limit)
        .hasToString("test accuracy 88.9% against 91.1%, where chance accounts for 11.9 points");
    // It solves the equation it comes from.
    double t = limit.limit();
    assertThat(2 * Math.exp(-t * t / (2 * (81 + t / 3))))
        .isCloseTo(AccuracyLimit.CHANCE, within(1e-12));
  }

  @Test
  void whatIsBeyondItIsEitherWay() {
    for (int reference : new int[] {129, 250, 410}) {
      for (int sign : new int[] {-1, 1}) {
        AccuracyLimit near = of(450, reference + sign * 33, reference, Owed.ALIKE);
        AccuracyLimit far = of(450, reference - 100, reference, Owed.ALIKE);
        assertThat(near.share()).as("%d", reference).isPositive().isLessThan(1);
        assertThat(far.share()).as("%d", reference).isGreaterThan(1);
        assertThat(of(450, reference, reference - 100, Owed.ALIKE).share()).isGreaterThan(1);
      }
    }
    assertThat(of(450, 45, 45, Owed.ALIKE).share()).isZero();
  }

  @Test
  void whatIsOwedNotToBeWorseMayBeBetter() {
    assertThat(of(450, 410, 45, Owed.NOT_WORSE).share()).isZero();
    assertThat(of(450, 45, 410, Owed.NOT_WORSE).share()).isGreaterThan(2);
  }

  /** The tail of the difference of two binomials is no greater than what it is bounded by. */
  @Test
  void theBinomialTailIsBelowTheChance() {
    for (int rows : new int[] {33, 129, 250, 450}) {
      for (double p : new double[] {0.1, 0.5, 0.9}) {
        double limit = new AccuracyLimit(rows, p, p, Owed.ALIKE).limit();
        double[] binomial = binomial(rows, p);
        double tail = 0;
        for (int i = 0; i <= rows; i++) {
          for (int j = 0; j <= rows; j++) {
            tail += Math.abs(i - j) >= limit ? binomial[i] * binomial[j] : 0;
          }
        }
        assertThat(tail).as("%d rows, p = %s", rows, p).isLessThan(AccuracyLimit.CHANCE);
      }
    }
  }

  private static double[] binomial(int n, double p) {
    double[] row = {1};
    for (int k = 1; k <= n; k++) {
      double[] next = new double[k + 1];
      for (int i = 0; i < k; i++) {
        next[i] += row[i] * (1 - p);
        next[i + 1] += row[i] * p;
      }
      row = next;
    }
    return row;
  }
}
