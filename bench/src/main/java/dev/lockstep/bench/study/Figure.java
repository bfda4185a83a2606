package dev.lockstep.bench.study;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A figure, or a row of them, that a claim rests on.
 *
 * @param name what was measured
 * @param values NaN where there is none
 * @param form how they are written
 */
record Figure(String name, List<Double> values, Form form) {

  /** How a value is written. */
  enum Form {
    /** A whole number. */
    COUNT,
    /** A whole number of a step, from 1; none where nothing happened. */
    STEP,
    /** A share, 0 to 1. */
    SHARE,
    /** Three digits. */
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

  Figure {
    values = List.copyOf(values);
  }

  static Figure count(String name, int... values) {
    List<Double> wide = java.util.Arrays.stream(values).mapToObj(v -> (double) v).toList();
    return new Figure(name, wide, Form.COUNT);
  }

  static Figure share(String name, double value) {
    return new Figure(name, List.of(value), Form.SHARE);
  }

  static Figure number(String name, double value) {
    return new Figure(name, List.of(value), Form.NUMBER);
  }

  /** The values as people read them. */
  String text() {
    return values.stream().map(form::text).collect(Collectors.joining("  "));
  }
}
