package dev.lockstep.bench.flags;

import dev.lockstep.input.InputException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Values of an axis, read from numbers and ranges separated by commas. {@code 256..8192*2} is 256,
 * 512 and so on to 8192; {@code 64..256+64} is 64, 128, 192, 256.
 *
 * @param values distinct, at least 1, in the order given
 */
public record Range(List<Integer> values) {
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
  private static final Pattern RANGE =
      Pattern.compile("(\\d{1,9})\\.\\.(\\d{1,9})([*+])(\\d{1,9})");
  private static final int MOST = 1000;

  /**
   * Reads a text; repeated values count once.
   *
   * @throws InputException naming the flag and the text, if it is malformed or a range has more
   *     than 1,000 values
   */
  public static Range parse(String flag, String text) {
    Set<Integer> values = new LinkedHashSet<>();
    for (String part : text.split(",", -1)) {
      Matcher range = RANGE.matcher(part);
      if (NUMBER.matcher(part).matches()) {
        values.add(Integer.parseInt(part));
      } else if (range.matches()) {
        values.addAll(range(flag, text, range));
      } else {
        throw refused(flag, text);
      }
    }
    if (values.contains(0)) {
      throw refused(flag, text);
    }
    return new Range(List.copyOf(values));
  }

  private static List<Integer> range(String flag, String text, Matcher range) {
    long first = Long.parseLong(range.group(1));
    long last = Long.parseLong(range.group(2));
    boolean times = range.group(3).equals("*");
    long by = Long.parseLong(range.group(4));
    if (first < 1 || last < first || by < (times ? 2 : 1)) {
      throw refused(flag, text);
    }
    List<Integer> values = new ArrayList<>();
    for (long value = first; value <= last; value = times ? value * by : value + by) {
      values.add((int) value);
      if (values.size() > MOST) {
        throw new InputException(flag, "range", text, "expected at most " + MOST + " values");
      }
    }
    return values;
  }

  private static InputException refused(String flag, String text) {
    return new InputException(
        flag,
        flag.replaceFirst("^-*", ""),
        text,
        "expected numbers of at least 1 such as 256,1024, or a range such as 256..8192*2");
  }
}
