package dev.lockstep.bench.compare;

import dev.lockstep.input.InputException;
import java.util.regex.Pattern;

/** Percentages as users write them. */
final class Share {

  private static final Pattern TEXT = Pattern.compile("\\d{1,4}(\\.\\d{1,6})?%");

  private Share() {}

  /**
   * Reads {@code 5%} as 0.05.
   *
   * @throws InputException naming the flag and the value
   */
  static double parse(String flag, String text) {
    if (!TEXT.matcher(text).matches()) {
      throw new InputException(flag, "value", text, "expected a percentage such as 5%");
    }
    return Double.parseDouble(text.substring(0, text.length() - 1)) / 100;
  }
}
