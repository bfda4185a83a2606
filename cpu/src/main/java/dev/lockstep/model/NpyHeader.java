package dev.lockstep.model;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The header of a .npy array: a Python dictionary of the three keys {@code descr}, {@code
 * fortran_order} and {@code shape}, in any order.
 *
 * @param shape one to four lengths
 */
record NpyHeader(Type type, int[] shape) {

  /** The element types that are read and written. */
  enum Type {
    FLOAT32("<f4", Float.BYTES),
    FLOAT64("<f8", Double.BYTES),
    UINT8("|u1", Byte.BYTES),
    INT32("<i4", Integer.BYTES),
    INT64("<i8", Long.BYTES);

    private final String descr;
    private final int bytes;

    Type(String descr, int bytes) {
      this.descr = descr;
      this.bytes = bytes;
    }
  }

  /** The longest array of a Java virtual machine, with room for its object header. */
  private static final int MOST_VALUES = Integer.MAX_VALUE - 8;

  private static final Pattern DICTIONARY = Pattern.compile("\\{(.*)\\}\\s*", Pattern.DOTALL);
  private static final Pattern ITEM =
      Pattern.compile("\\s*'(\\w+)'\\s*:\\s*('[^']*'|True|False|\\([^()]*\\))\\s*(?:,\\s*|$)");
  private static final Pattern SHAPE =
      Pattern.compile(
          "\\(\\s*\\d{1,10}\\s*,\\s*(?:\\d{1,10}\\s*(?:,\\s*\\d{1,10}\\s*){0,2},?\\s*)?\\)");
  private static final Pattern LENGTH = Pattern.compile("\\d+");
  private static final Set<String> KEYS = Set.of("descr", "fortran_order", "shape");

  static NpyHeader of(NpyArray array) {
    return switch (array) {
      case NpyArray.Floats floats -> new NpyHeader(Type.FLOAT32, floats.shape());
      case NpyArray.Doubles doubles -> new NpyHeader(Type.FLOAT64, doubles.shape());
      case NpyArray.Bytes bytes -> new NpyHeader(Type.UINT8, bytes.shape());
      case NpyArray.Longs longs -> new NpyHeader(Type.INT64, longs.shape());
    };
  }

  long count() {
    return Arrays.stream(shape).asLongStream().reduce(1, (a, b) -> a * b);
  }

  long dataBytes() {
    return count() * type.bytes;
  }

  int elementBytes() {
    return type.bytes;
  }

  /** The dictionary as NumPy writes it, without padding. */
  String text() {
    return String.format(
        Locale.ROOT,
        "{'descr': '%s', 'fortran_order': False, 'shape': %s, }",
        type.descr,
        shapeText(shape));
  }

  /** A Python tuple: {@code (3,)} or {@code (3, 4)}. */
  static String shapeText(int[] shape) {
    return shape.length == 1
        ? "(" + shape[0] + ",)"
        : Arrays.stream(shape)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(", ", "(", ")"));
  }

  static NpyHeader parse(NpyFormat.Where where, String text) {
    Map<String, String> items = items(where, text);
    Type type = type(where, items.getOrDefault("descr", ""));
    String order = items.getOrDefault("fortran_order", "");
    if (!order.equals("False")) {
      throw where.fault("fortran_order", order, "expected False (row-major)");
    }
    return new NpyHeader(type, shape(where, items.getOrDefault("shape", "")));
  }

  private static Map<String, String> items(NpyFormat.Where where, String text) {
    Map<String, String> items = new HashMap<>();
    Matcher dictionary = DICTIONARY.matcher(text);
    boolean wellFormed = dictionary.matches();
    if (wellFormed) {
      Matcher item = ITEM.matcher(dictionary.group(1));
      int end = 0;
      while (item.find() && item.start() == end) {
        wellFormed &= items.put(item.group(1), item.group(2)) == null;
        end = item.end();
      }
      wellFormed &= end == dictionary.group(1).length();
    }
    if (!wellFormed || !items.keySet().equals(KEYS)) {
      throw where.fault(
          "header", text.strip(), "expected a dictionary of descr, fortran_order and shape");
    }
    return items;
  }

  private static Type type(NpyFormat.Where where, String descr) {
    for (Type type : Type.values()) {
      if (descr.equals("'" + type.descr + "'")) {
        return type;
      }
    }
    throw where.fault("dtype", descr, "expected '<f4', '<f8', '|u1', '<i4' or '<i8'");
  }

  private static int[] shape(NpyFormat.Where where, String text) {
    if (!SHAPE.matcher(text).matches()) {
      throw where.fault("shape", text, "expected one to four lengths");
    }
    long[] lengths =
        LENGTH.matcher(text).results().mapToLong(found -> Long.parseLong(found.group())).toArray();
    long values = 1;
    for (long length : lengths) {
      // Neither factor is above 2^31, else it has been refused, so that their product fits.
      values = length > MOST_VALUES ? Long.MAX_VALUE : values * length;
      if (values > MOST_VALUES) {
        throw where.fault("shape", text, "expected at most " + MOST_VALUES + " values");
      }
    }
    return Arrays.stream(lengths).mapToInt(Math::toIntExact).toArray();
  }
}
