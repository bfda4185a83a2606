package dev.lockstep.agreement;

import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Parameters;
import java.util.Locale;
import java.util.Optional;

/**
 * The first element in which two backends differ.
 *
 * @param step the step after which they differ, from 1; 0 for the initial state
 * @param tensor name of the tensor, such as W1 or b1, with layers from 1
 * @param row row of the element
 * @param column column of the element
 * @param expected value of the reference, widened
 * @param actual value of the other backend, widened
 * @param expectedBits raw bits of the reference's value
 * @param actualBits raw bits of the other backend's value
 */
public record Difference(
    long step,
    String tensor,
    int row,
    int column,
    double expected,
    double actual,
    long expectedBits,
    long actualBits) {

  /** Returns the first difference between two sets of parameters, in the network's order. */
  public static Optional<Difference> first(long step, Parameters expected, Parameters actual) {
    return expected.entries().stream()
        .flatMap(e -> first(step, e.name(), e.matrix(), actual.get(e.name())).stream())
        .findFirst();
  }

  /** Returns the first difference between two matrices of one precision, in row-major order. */
  public static Optional<Difference> first(
      long step, String tensor, Matrix expected, Matrix actual) {
    int index = expected.firstDifference(actual);
    return index < 0
        ? Optional.empty()
        : Optional.of(
            new Difference(
                step,
                tensor,
                index / expected.columns(),
                index % expected.columns(),
                expected.value(index),
                actual.value(index),
                expected.bits(index),
                actual.bits(index)));
  }

  /** {@code step 3, W2[4][17]: 0.25 (0x3e800000) expected, 0.25000003 (0x3e800001) found}. */
  @Override
  public String toString() {
    return "step " + step + ", " + element();
  }

  /** Returns the text of {@link #toString} without the step. */
  public String element() {
    return element("expected", "found");
  }

  /**
   * Returns text that takes no side, such as {@code step 3, W2[4][17]: 0.25 (0x3e800000) on double,
   * 0.25000003 (0x3e800001) on scalar}.
   *
   * @param expectedOn name of the reference
   * @param actualOn name of the other backend
   */
  public String between(String expectedOn, String actualOn) {
    return "step " + step + ", " + element("on " + expectedOn, "on " + actualOn);
  }

  private String element(String afterExpected, String afterActual) {
    return String.format(
        Locale.ROOT,
        "%s[%d][%d]: %s (0x%s) %s, %s (0x%s) %s",
        tensor,
        row,
        column,
        decimal(expected, expectedBits),
        hex(expectedBits),
        afterExpected,
        decimal(actual, actualBits),
        hex(actualBits),
        afterActual);
  }

  /** Returns the shortest decimal that identifies the value in its own precision. */
  private static String decimal(double value, long bits) {
    return bits >>> 32 == 0 ? Float.toString((float) value) : Double.toString(value);
  }

  private static String hex(long bits) {
    return bits >>> 32 == 0
        ? String.format(Locale.ROOT, "%08x", bits)
        : String.format(Locale.ROOT, "%016x", bits);
  }
}
