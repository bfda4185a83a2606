package dev.lockstep.bench.order;

import dev.lockstep.bench.flags.FlagValues;
import dev.lockstep.file.HeapLimit;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import dev.lockstep.program.ProductForm;
import dev.lockstep.program.ProductShape;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A value of {@code --shape}: m x n x k of a product, such as {@code 33x129x300}.
 *
 * @param m rows of C
 * @param n columns of C
 * @param k terms of each element
 */
record ShapeFlag(int m, int n, int k) {

  private static final Pattern TEXT = Pattern.compile("(\\d{1,10})x(\\d{1,10})x(\\d{1,10})");

  /** Copies of an operand and of C in the heap, and the hash of each element of C, in floats. */
  private static final int OPERANDS = 4;

  private static final int RESULTS = 6;

  /** Converts the flag's values, and has two for completion. */
  static final class Values extends FlagValues<ShapeFlag> {
    Values() {
      super("33x129x300, 1x33x65", ShapeFlag::parse);
    }
  }

  /** Converts the values of {@code --form}. */
  static final class Forms extends FlagValues<ProductForm> {
    private static final String LIST =
        Arrays.stream(ProductForm.values()).map(Enum::name).collect(Collectors.joining(", "));

    Forms() {
      super(LIST, Forms::form);
    }

    private static ProductForm form(String flag, String text) {
      return Arrays.stream(ProductForm.values())
          .filter(form -> form.name().equals(text))
          .findFirst()
          .orElseThrow(() -> new InputException(flag, "form", text, "expected one of " + LIST));
    }
  }

  private static ShapeFlag parse(String flag, String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new InputException(
          flag, "shape", text, "expected rows x columns x terms such as 33x129x300");
    }
    long[] sizes = new long[3];
    for (int i = 0; i < 3; i++) {
      sizes[i] = Long.parseLong(matcher.group(i + 1));
      if (sizes[i] == 0) {
        throw new InputException(flag, "shape", text, "expected sizes of at least 1");
      }
    }
    Limits.TERMS.require(flag, "k", sizes[2]);
    for (long size : new long[] {sizes[0] * sizes[1], sizes[0] * sizes[2], sizes[1] * sizes[2]}) {
      Limits.ARRAY.require(flag, "elements of a matrix of " + text, size);
    }
    ShapeFlag shape = new ShapeFlag((int) sizes[0], (int) sizes[1], (int) sizes[2]);
    HeapLimit.require(shape.bytes(), flag, "shape", text);
    return shape;
  }

  private long bytes() {
    ProductShape shape = in(ProductForm.AB);
    return Float.BYTES
        * (OPERANDS * (shape.sizeOfA() + shape.sizeOfB()) + RESULTS * shape.sizeOfC());
  }

  /** The value that {@link Values} reads as this. */
  String text() {
    return m + "x" + n + "x" + k;
  }

  ProductShape in(ProductForm form) {
    return new ProductShape(form, m, n, k);
  }
}
