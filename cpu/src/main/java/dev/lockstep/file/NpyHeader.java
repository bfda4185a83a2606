package dev.lockstep.file;

import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the header of a .npy array says, of the arrays that {@link NpyArray} can hold.
 *
 * @param order of the values in the file
 * @param shape one to five lengths
 */
record NpyHeader(Type type, Order order, int[] shape) {

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

    boolean is(NpyDictionary dictionary) {
      return dictionary.descr().equals("'" + descr + "'");
    }
  }

  /** Which index runs fastest. */
  enum Order {
    /** The last, as in C. */
    ROW_MAJOR("False"),
    /** The first, as in Fortran. */
    COLUMN_MAJOR("True");

    private final String fortran;

    Order(String fortran) {
      this.fortran = fortran;
    }
  }

  /** The longest array of a Java virtual machine, with room for its object header. */
  private static final int MOST_VALUES = Integer.MAX_VALUE - 8;

  private static final Pattern SHAPE =
      Pattern.compile(
          "\\(\\s*\\d{1,10}\\s*,\\s*(?:\\d{1,10}\\s*(?:,\\s*\\d{1,10}\\s*){0,3},?\\s*)?\\)");
  private static final Pattern LENGTH = Pattern.compile("\\d+");

  static NpyHeader of(NpyArray array) {
    Type type =
        switch (array) {
          case NpyArray.Floats _ -> Type.FLOAT32;
          case NpyArray.Doubles _ -> Type.FLOAT64;
          case NpyArray.Bytes _ -> Type.UINT8;
          case NpyArray.Longs _ -> Type.INT64;
        };
    return new NpyHeader(type, Order.ROW_MAJOR, array.shape());
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
        "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }",
        type.descr,
        order.fortran,
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

  static NpyHeader of(NpyFormat.Where where, NpyDictionary dictionary) {
    return new NpyHeader(
        type(where, dictionary),
        order(where, dictionary.order()),
        shape(where, dictionary.shape()));
  }

  private static Order order(NpyFormat.Where where, String fortran) {
    for (Order order : Order.values()) {
      if (fortran.equals(order.fortran)) {
        return order;
      }
    }
    throw where.fault("fortran_order", fortran, "expected True or False");
  }

  private static Type type(NpyFormat.Where where, NpyDictionary dictionary) {
    for (Type type : Type.values()) {
      if (type.is(dictionary)) {
        return type;
      }
    }
    throw where.fault("dtype", dictionary.descr(), "expected '<f4', '<f8', '|u1', '<i4' or '<i8'");
  }

  private static int[] shape(NpyFormat.Where where, String text) {
    if (!SHAPE.matcher(text).matches()) {
      throw where.fault("shape", text, "expected one to five lengths");
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
