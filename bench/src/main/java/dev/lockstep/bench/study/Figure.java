package dev.lockstep.bench.study;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A figure, or a row of figures, behind the verdict on a claim.
 *
 * @param name the measured quantity
 * @param values the values; NaN for a missing one
 * @param form the form in which the values are printed
 */
record Figure(String name, List<Double> values, Form form) {

  /** The form in which a value is printed. */
  enum Form {
    /** A whole number. */
    COUNT,
    /** The number of a step, from 1; {@code never} for NaN. */
    STEP,
    /** A share from 0 to 1, in percent. */
    SHARE,
    /** A number with three significant digits. */
    NUMBER;

    private String text(double value) {
      return switch (this) {
        case COUNT -> String.format(Locale.ROOT, "%.0f", value);
        case STEP -> Double.isNaN(value) ? "never" : String.format(Locale.ROOT, "%.0f", value);
        case SHARE -> String.format(Locale.ROOT, "%.1f%%", 100 * value);
        case NUMBER -> String.format(Locale.ROOT, "%.3g", value);
      };
    }
  }

  static Figure count(String name, int... values) {
    return new Figure(name, IntStream.of(values).asDoubleStream().boxed().toList(), Form.COUNT);
  }

  static Figure share(String name, double value) {
    return new Figure(name, List.of(value), Form.SHARE);
  }

  static Figure number(String name, double value) {
    return new Figure(name, List.of(value), Form.NUMBER);
  }

  /** The values for people, two blanks apart. */
  String text() {
    return values.stream().map(form::text).collect(Collectors.joining("  "));
  }
}
