package dev.lockstep.file;

import dev.lockstep.input.InputException;
import dev.lockstep.input.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.json.JsonMapper;

/**
 * The header of a .safetensors file: a JSON object with {@code {"dtype": "F32", "shape": [2, 3],
 * "data_offsets": [0, 24]}} for each tensor, and any text of the writer's under {@code
 * __metadata__}. It is parsed token by token because it may be long and is not trusted.
 */
final class SafetensorsHeader {

  /** The types whose values are read. */
  enum Type {
    F64(Double.BYTES, TensorFile.Reading.BINARY64),
    F32(Float.BYTES, TensorFile.Reading.BINARY32),
    F16(Short.BYTES, TensorFile.Reading.BINARY32),
    BF16(Short.BYTES, TensorFile.Reading.BINARY32);

    private final int bytes;
    private final TensorFile.Reading reading;

    Type(int bytes, TensorFile.Reading reading) {
      this.bytes = bytes;
      this.reading = reading;
    }

    int bytes() {
      return bytes;
    }

    /** The type of that name; empty for all types whose values are not read. */
    static Optional<Type> of(String label) {
      return Arrays.stream(values()).filter(type -> type.name().equals(label)).findFirst();
    }
  }

  /**
   * A tensor.
   *
   * @param type empty if the values are not read
   * @param begin the first byte, counted from the end of the header
   * @param end the byte after the last
   */
  record Tensor(TensorFile.Entry entry, Optional<Type> type, long begin, long end) {}

  private static final String METADATA = "__metadata__";
  private static final String EXPECTED = "expected an object of dtype, shape and data_offsets";

  private static final JsonMapper MAPPER = ForeignJson.mapper().build();

  private final String source;
  private final JsonParser parser;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  private SafetensorsHeader(String source, JsonParser parser) {
    this.source = source;
    this.parser = parser;
  }

  /**
   * Parses a header.
   *
   * @param source names the file in faults
   * @param valueBytes the number of bytes after the header
   * @return the tensors by name, in the order of the header
   * @throws InputException if the header is malformed, or its tensors do not fill the bytes after
   *     it without gaps or overlaps
   */
  static Map<String, Tensor> parse(String source, byte[] header, long valueBytes) {
    try (JsonParser parser = MAPPER.createParser(header)) {
      SafetensorsHeader reading = new SafetensorsHeader(source, parser);
      reading.object();
      reading.requireGapless(valueBytes);
      return reading.tensors;
    } catch (JacksonException e) {
      throw new InputException(
          source,
          "header",
          "not the expected JSON",
          "the JSON reader says: "
              + Printable.of(
                  String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("")));
    }
  }

  private void object() {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new InputException(source, "header", shown(), "expected a JSON object");
    }
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      if (name.equals(METADATA)) {
        parser.skipChildren();
      } else {
        tensors.put(name, tensor(name));
      }
    }
    if (parser.nextToken() != null) {
      throw new InputException(
          source, "header", shown(), "expected nothing but blanks behind its JSON object");
    }
  }

  private Tensor tensor(String name) {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw fault("header", name, shown(), EXPECTED);
    }
    String type = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = parser.currentName();
      parser.nextToken();
      switch (field) {
        case "dtype" -> type = text(name);
        case "shape" -> shape = numbers(name, field);
        case "data_offsets" -> offsets = numbers(name, field);
        default -> throw fault("field", name, field, EXPECTED);
      }
    }
    return tensor(
        name,
        required(name, "dtype", type),
        required(name, "shape", shape),
        required(name, "data_offsets", offsets));
  }

  private <T> T required(String name, String field, @Nullable T value) {
    if (value == null) {
      throw fault(field, name, "missing", EXPECTED);
    }
    return value;
  }

  private String text(String name) {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw fault("dtype", name, shown(), "expected a text such as F32");
    }
    return parser.getString();
  }

  private List<Long> numbers(String name, String field) {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw fault(field, name, shown(), "expected a list of whole numbers");
    }
    List<Long> numbers = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      // A whole number that does not fit a long is a BIG_INTEGER.
      boolean whole =
          parser.currentToken() == JsonToken.VALUE_NUMBER_INT
              && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
      if (!whole || parser.getLongValue() < 0) {
        throw fault(field, name, shown(), "expected a list of whole numbers from 0 to 2^63 - 1");
      }
      numbers.add(parser.getLongValue());
    }
    return numbers;
  }

  private Tensor tensor(String name, String label, List<Long> shape, List<Long> offsets) {
    if (offsets.size() != 2 || offsets.getFirst() > offsets.getLast()) {
      throw fault("data_offsets", name, offsets, "expected a begin and an end behind it");
    }
    long begin = offsets.getFirst();
    long end = offsets.getLast();
    Optional<Type> type = Type.of(label);
    if (type.isPresent() && !holds(shape, type.get(), end - begin)) {
      throw fault(
          "shape",
          name,
          shape.stream().map(String::valueOf).collect(Collectors.joining(" x ", label + " ", "")),
          "which does not fit the " + (end - begin) + " bytes of its data_offsets");
    }
    TensorFile.Reading reading = type.map(each -> each.reading).orElse(TensorFile.Reading.REFUSED);
    return new Tensor(new TensorFile.Entry(name, label, shape, reading), type, begin, end);
  }

  /** Whether values of a shape and type take exactly that many bytes. */
  private static boolean holds(List<Long> shape, Type type, long bytes) {
    if (shape.contains(0L)) {
      return bytes == 0;
    }
    long rest = bytes;
    for (long length : shape) {
      if (rest % length != 0) {
        return false;
      }
      rest /= length;
    }
    return rest == type.bytes;
  }

  private void requireGapless(long valueBytes) {
    long end = 0;
    List<Tensor> inOrder =
        tensors.values().stream()
            .sorted(Comparator.comparingLong(Tensor::begin).thenComparingLong(Tensor::end))
            .toList();
    for (Tensor tensor : inOrder) {
      String name = tensor.entry().name();
      if (tensor.begin() != end) {
        throw fault(
            "data_offsets",
            name,
            List.of(tensor.begin(), tensor.end()),
            "expected them to begin at " + end + ", where the tensor before it ends");
      }
      if (tensor.end() > valueBytes) {
        throw fault(
            "data_offsets",
            name,
            List.of(tensor.begin(), tensor.end()),
            "but only " + valueBytes + " bytes follow the header");
      }
      end = tensor.end();
    }
    if (end != valueBytes) {
      throw new InputException(
          source,
          "number of bytes behind the header",
          valueBytes,
          "expected " + end + ", the end of its last tensor");
    }
  }

  /** The text of the current token, for faults. */
  private String shown() {
    String text = parser.currentToken() == null ? null : parser.getString();
    return text == null ? "missing" : text;
  }

  private InputException fault(String field, String tensor, Object value, String problem) {
    return new InputException(source, field + " of tensor '" + tensor + "'", value, problem);
  }
}
