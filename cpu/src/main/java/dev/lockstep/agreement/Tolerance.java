package dev.lockstep.agreement;

/**
 * A tolerance as numpy.allclose and torch.testing.assert_close take it: a computed number agrees
 * with an exact one x if it differs by at most atol + rtol |x|.
 *
 * @param rtol the relative part
 * @param atol the absolute part
 * @param visible the smallest errors that exceed it
 */
public record Tolerance(double rtol, double atol, Visible visible) {
  /**
   * Returns a tolerance for numbers of known size.
   *
   * @param median the median magnitude
   * @param largest the largest magnitude
   */
  static Tolerance of(double rtol, double atol, double median, double largest) {
    return new Tolerance(
        rtol, atol, new Visible(relative(rtol, atol, largest), relative(rtol, atol, median)));
  }

  private static double relative(double rtol, double atol, double magnitude) {
    return magnitude == 0 ? Double.POSITIVE_INFINITY : rtol + atol / magnitude;
  }
}
