package dev.lockstep.bench.tolerance;

import dev.lockstep.bench.cases.Shapes;
import dev.lockstep.bench.flags.FlagValues;
import dev.lockstep.input.InputException;
import java.util.Arrays;

/**
 * The shape of a product.
 *
 * @param m rows of C
 * @param n columns of C
 * @param k terms of each sum
 */
record Shape(int m, int n, int k) {
  /**
   * Reads MxNxK.
   *
   * @throws InputException naming the flag and the text
   */
  static Shape parse(String flag, String text) {
    Shapes.require(flag, text);
    int[] sizes = Arrays.stream(text.split("x", -1)).mapToInt(Integer::parseInt).toArray();
    return new Shape(sizes[0], sizes[1], sizes[2]);
  }

  /**
   * Checks that a precision has bounds for so many terms.
   *
   * @throws InputException naming the source, the shape and the most terms
   */
  void require(String source, Precision precision) {
    if (k > precision.mostTerms()) {
      throw new InputException(
          source,
          "shape",
          this,
          "expected at most " + precision.mostTerms() + " terms in " + precision.label());
    }
  }

  @Override
  public String toString() {
    return m + "x" + n + "x" + k;
  }

  /** The values of the flag. */
  static final class Values extends FlagValues<Shape> {
    Values() {
      super("", Shape::parse);
    }
  }
}
