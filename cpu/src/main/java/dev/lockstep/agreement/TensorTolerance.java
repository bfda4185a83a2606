package dev.lockstep.agreement;

import dev.lockstep.matrix.Matrix;
import java.util.stream.IntStream;

/**
 * The tolerance with which a tensor of a step can be compared with its exact value.
 *
 * @param tensor name of the tensor, such as {@code gradient of W2}
 * @param rows the number of its rows
 * @param columns the number of its columns
 * @param tolerance by the a-priori bound: no sound step exceeds it
 */
public record TensorTolerance(String tensor, int rows, int columns, Tolerance tolerance) {
  /** One ulp, so that the largest elements do not set the tolerance of all. */
  private static final double RTOL = 0x1p-23;

  /**
   * Returns the tolerance of a tensor.
   *
   * @param exact its values without rounding
   * @param bound the largest error of each element
   */
  static TensorTolerance of(String tensor, Matrix exact, Matrix bound) {
    double[] magnitudes =
        IntStream.range(0, exact.size())
            .mapToDouble(i -> Math.abs(exact.value(i)))
            .sorted()
            .toArray();
    double atol =
        IntStream.range(0, exact.size())
            .mapToDouble(i -> bound.value(i) - RTOL * Math.abs(exact.value(i)))
            .reduce(0, Math::max);
    double median = magnitudes.length == 0 ? 0 : magnitudes[magnitudes.length / 2];
    double largest = magnitudes.length == 0 ? 0 : magnitudes[magnitudes.length - 1];
    return new TensorTolerance(
        tensor, exact.rows(), exact.columns(), Tolerance.of(RTOL, atol, median, largest));
  }
}
