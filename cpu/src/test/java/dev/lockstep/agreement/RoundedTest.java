package dev.lockstep.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.backend.OperandRounding;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class RoundedTest {
  private static final long SEED = 24;

  /** A rounded number is never farther away, and some are nearly as far. */
  @Test
  void halfAnUlpIsTheLargestErrorOfRounding() {
    SplittableRandom random = new SplittableRandom(SEED);
    double largest = 0;
    for (int i = 0; i < 100_000; i++) {
      double exact = Math.scalb(1 + random.nextDouble(), random.nextInt(-126, 127));
      double used = Math.abs((float) exact - exact) / Rounded.halfUlp(exact);
      assertThat(used).as("seed %d, %s", SEED, exact).isLessThanOrEqualTo(1);
      assertThat(Rounded.halfUlp(exact)).isLessThanOrEqualTo(OperandRounding.U * exact);
      largest = Math.max(largest, used);
    }
    assertThat(largest).isGreaterThan(0.999);
  }

  @Test
  void anUlpTooMuchIsSeenAnywhereInABinade() {
    for (float w : new float[] {1, 1.25f, 1.5f, 1.999f}) {
      double farther = Math.ulp(w) * 0.75;
      assertThat(farther).as("%s", w).isGreaterThan(Rounded.halfUlp(w));
    }
  }
}
