package dev.lockstep.file;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of a .npy array's header: a Python dictionary of the three keys {@code descr}, {@code
 * fortran_order} and {@code shape}, in any order. Nothing is evaluated. {@link NpyHeader}
 * interprets the values, and knows fewer arrays than NumPy can write.
 *
 * @param descr the type: {@code '<f4'}, or a list for an array of records
 * @param order {@code True} or {@code False}
 * @param shape a tuple
 */
record NpyDictionary(String descr, String order, String shape) {

  private static final Pattern BRACES = Pattern.compile("\\{(.*)\\}\\s*+", Pattern.DOTALL);

  /** Matched where the last item ended, and possessive, so that parsing takes linear time. */
  private static final Pattern ITEM =
      Pattern.compile(
          "\\s*+'(\\w++)'\\s*+:\\s*+('[^']*+'|True|False|\\([^()]*+\\)|\\[[^\\[\\]]*+\\])"
              + "\\s*+(?:,\\s*+|$)");

  /** A tuple of any number of lengths, each of which fits a long. One length takes a comma. */
  private static final Pattern LENGTHS =
      Pattern.compile(
          "\\(\\s*+(?:\\d{1,18}+\\s*+,\\s*+(?:\\d{1,18}+\\s*+(?:,\\s*+\\d{1,18}+\\s*+)*+,?\\s*+)?)?\\)");

  private static final Pattern LENGTH = Pattern.compile("\\d+");
  private static final Set<String> KEYS = Set.of("descr", "fortran_order", "shape");

  static NpyDictionary parse(NpyFormat.Where where, String text) {
    Map<String, String> items = new HashMap<>();
    Matcher braces = BRACES.matcher(text);
    boolean wellFormed = braces.matches();
    if (wellFormed) {
      Matcher item = ITEM.matcher(braces.group(1));
      int end = 0;
      while (item.region(end, braces.group(1).length()).lookingAt() && item.end() > end) {
        wellFormed &= items.put(item.group(1), item.group(2)) == null;
        end = item.end();
      }
      wellFormed &= end == braces.group(1).length();
    }
    if (!wellFormed || !items.keySet().equals(KEYS)) {
      throw where.fault(
          "header", text.strip(), "expected a dictionary of descr, fortran_order and shape");
    }
    return new NpyDictionary(
        items.getOrDefault("descr", ""),
        items.getOrDefault("fortran_order", ""),
        items.getOrDefault("shape", ""));
  }

  /** The lengths of all dimensions; none for a single number. */
  List<Long> lengths(NpyFormat.Where where) {
    if (!LENGTHS.matcher(shape).matches()) {
      throw where.fault("shape", shape, "expected a tuple of lengths");
    }
    return LENGTH.matcher(shape).results().map(found -> Long.valueOf(found.group())).toList();
  }
}
