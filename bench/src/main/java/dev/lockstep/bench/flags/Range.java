package dev.lockstep.bench.flags;

import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Values of an axis, read from numbers and ranges separated by commas. {@code 256..8192*2} is 256,
 * 512 and so on to 8192; {@code 64..256+64} is 64, 128, 192, 256.
 *
 * @param values distinct, within bounds, in the order given
 */
public record Range(List<Integer> values) {
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
  private static final Pattern RANGE =
      Pattern.compile("(\\d{1,9})\\.\\.(\\d{1,9})([*+])(\\d{1,9})");

  /**
   * Reads a text; repeated values count once.
   *
   * @throws InputException naming the flag and the text, if it is malformed, a value is out of
   *     bounds or there are more than {@link Limits#VALUES}
   */
  public static Range parse(Bounds bounds, String flag, String text) {
    Set<Integer> values = new LinkedHashSet<>();
    for (String part : text.split(",", -1)) {
      Matcher range = RANGE.matcher(part);
      if (NUMBER.matcher(part).matches()) {
        add(bounds, flag, text, values, Integer.parseInt(part));
      } else if (range.matches()) {
        addAll(bounds, flag, text, values, range);
      } else {
        throw refused(bounds, flag, part.isEmpty() ? part : text);
      }
    }
    return new Range(List.copyOf(values));
  }

  private static void addAll(
      Bounds bounds, String flag, String text, Set<Integer> values, Matcher range) {
    long first = Long.parseLong(range.group(1));
    long last = Long.parseLong(range.group(2));
    boolean times = range.group(3).equals("*");
    long by = Long.parseLong(range.group(4));
    if (first < 1 || last < first || by < (times ? 2 : 1)) {
      throw refused(bounds, flag, text);
    }
    for (long value = first; value <= last; value = times ? value * by : value + by) {
      add(bounds, flag, text, values, value);
    }
  }

  private static void add(
      Bounds bounds, String flag, String text, Set<Integer> values, long value) {
    if (value < bounds.least() || value > bounds.most()) {
      throw refused(bounds, flag, text);
    }
    values.add((int) value);
    if (values.size() > Limits.VALUES.value()) {
      throw new InputException(
          flag, "range", text, "expected at most " + Limits.VALUES.value() + " values");
    }
  }

  private static InputException refused(Bounds bounds, String flag, String text) {
    return new InputException(
        flag,
        Bounds.field(flag),
        text,
        "expected numbers " + bounds.text() + ", or ranges such as 8..64*2 or 8..64+8");
  }
}
