package dev.lockstep.file;

import dev.lockstep.input.Limits;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * The header of a .npy array that {@link NpyArray} can hold.
 *
 * @param type the type of the values
 * @param order the order of the values in the file
 * @param shape one to five lengths
 */
record NpyHeader(Type type, Order order, int[] shape) {

  /** The element types that are read and written. */
  enum Type {
    FLOAT32("<f4", ValueLayout.JAVA_FLOAT_UNALIGNED, n -> MemorySegment.ofArray(new float[n])),
    FLOAT64("<f8", ValueLayout.JAVA_DOUBLE_UNALIGNED, n -> MemorySegment.ofArray(new double[n])),
    UINT8("|u1", ValueLayout.JAVA_BYTE, n -> MemorySegment.ofArray(new byte[n])),
    INT32("<i4", ValueLayout.JAVA_INT_UNALIGNED, n -> MemorySegment.ofArray(new int[n])),
    INT64("<i8", ValueLayout.JAVA_LONG_UNALIGNED, n -> MemorySegment.ofArray(new long[n]));

    private final String descr;
    private final ValueLayout layout;
    private final IntFunction<MemorySegment> array;

    Type(String descr, ValueLayout layout, IntFunction<MemorySegment> array) {
      this.descr = descr;
      this.layout = layout;
      this.array = array;
    }

    /** The size of a value. */
    int bytes() {
      return (int) layout.byteSize();
    }

    /** A new Java array of this type, of zeros. */
    MemorySegment allocate(int count) {
      return array.apply(count);
    }

    /**
     * Copies values between a file's little-endian order and the machine's own, in either
     * direction.
     *
     * @param fromAt in bytes, as are {@code toAt} and {@code bytes}
     */
    void copy(MemorySegment from, long fromAt, MemorySegment to, long toAt, long bytes) {
      ValueLayout file = layout.withOrder(ByteOrder.LITTLE_ENDIAN);
      MemorySegment.copy(from, file, fromAt, to, layout, toAt, bytes / bytes());
    }

    boolean is(NpyDictionary dictionary) {
      return dictionary.descr().equals("'" + descr + "'");
    }
  }

  /** The order of the values, given by the index that runs fastest. */
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
    return count() * type.bytes();
  }

  /** The least heap that reading takes: the values, and a copy in another order or type. */
  long heapBytes() {
    long copies = order == Order.COLUMN_MAJOR ? 2 : 1;
    return copies * dataBytes() + (type == Type.INT32 ? Long.BYTES * count() : 0);
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
        type(where, dictionary), order(where, dictionary.order()), shape(where, dictionary));
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

  private static int[] shape(NpyFormat.Where where, NpyDictionary dictionary) {
    List<Long> lengths = dictionary.lengths(where);
    if (lengths.isEmpty() || lengths.size() > Limits.DIMENSIONS.value()) {
      throw where.fault("shape", dictionary.shape(), "expected one to five lengths");
    }
    long values = 1;
    for (long length : lengths) {
      // Neither factor is above 2^31, else it has been refused, so that their product fits.
      values = length > Limits.ARRAY.value() ? Long.MAX_VALUE : values * length;
      if (values > Limits.ARRAY.value()) {
        throw where.fault(
            "shape", dictionary.shape(), "expected at most " + Limits.ARRAY.value() + " values");
      }
    }
    return lengths.stream().mapToInt(Math::toIntExact).toArray();
  }
}
