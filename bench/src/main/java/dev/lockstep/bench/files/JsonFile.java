package dev.lockstep.bench.files;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import dev.lockstep.file.AtomicFile;
import dev.lockstep.file.ForeignFile;
import dev.lockstep.file.ForeignJson;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;

/**
 * JSON files of trees and of records. A record's component {@code shareOfBound} is the field {@code
 * share-of-bound}. A record's fields must be present with their exact types, and no others.
 */
public final class JsonFile {

  /** Jackson itself takes the texts "NaN" and "Infinity" for numbers. */
  private static final ValueDeserializer<Double> NUMBER =
      new ValueDeserializer<>() {
        @Override
        public Double deserialize(JsonParser parser, DeserializationContext context) {
          if (!parser.currentToken().isNumeric()) {
            context.reportInputMismatch(double.class, "no number");
          }
          return parser.getDoubleValue();
        }
      };

  private static final JsonMapper MAPPER =
      ForeignJson.mapper()
          .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          // Shows what reverses or hides text; half a character cannot be encoded otherwise.
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .withCoercionConfig(
              LogicalType.Textual,
              texts -> {
                texts.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                texts.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                texts.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
              })
          .addModule(
              new SimpleModule()
                  .addDeserializer(Double.class, NUMBER)
                  .addDeserializer(double.class, NUMBER))
          .changeDefaultNullHandling(_ -> JsonSetter.Value.construct(Nulls.FAIL, Nulls.FAIL))
          .build();

  private JsonFile() {}

  /**
   * Reads a file as a tree.
   *
   * @throws InputException if the file is missing or not JSON
   */
  public static JsonNode tree(Path file) {
    return tree(file.toString(), bytes(file));
  }

  /**
   * Reads text as a tree.
   *
   * @param source the source of the text, for the message
   * @throws InputException if it is not JSON
   */
  public static JsonNode tree(String source, byte[] text) {
    try {
      JsonNode json = MAPPER.readTree(text);
      if (json.isMissingNode()) {
        throw new InputException(source, "content", "", "expected JSON");
      }
      return json;
    } catch (JacksonException e) {
      throw new InputException(source, "content", e.getOriginalMessage(), "expected JSON");
    }
  }

  /**
   * Reads a whole file.
   *
   * @throws InputException if it is missing, no regular file or too long
   */
  public static byte[] bytes(Path file) {
    return ForeignFile.bytes(file, Limits.RESULTS_FILE);
  }

  /** Converts a record to a tree. */
  public static JsonNode tree(Object content) {
    return MAPPER.valueToTree(content);
  }

  /** Formats a record or a tree on one line. */
  public static String line(Object content) {
    return MAPPER.writeValueAsString(content);
  }

  /** Formats records or trees as an array with one element on each line. */
  public static String lines(List<?> elements) {
    return elements.stream().map(JsonFile::line).collect(Collectors.joining(",\n", "[\n", "\n]"));
  }

  /** Formats a record or a tree, indented, as UTF-8. */
  public static byte[] text(Object content) {
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(content);
  }

  /** Writes a record or a tree; the file is replaced atomically. */
  public static void write(Path file, Object content) {
    byte[] text = text(content);
    AtomicFile.write(file, out -> out.write(text));
  }

  /**
   * Converts a tree to a record.
   *
   * @param file the source of the tree, for the message
   * @throws InputException naming the file, the field and the value, if a field is missing or of
   *     another type
   */
  public static <T> T read(Path file, JsonNode json, Class<T> type) {
    return read(file.toString(), json, type);
  }

  /**
   * Converts a tree to a record.
   *
   * @param source the source of the tree, for the message
   * @throws InputException naming the source, the field and the value, if a field is missing,
   *     unknown or of another type
   */
  public static <T> T read(String source, JsonNode json, Class<T> type) {
    if (!json.isObject()) {
      throw new InputException(source, "document", json, "expected an object");
    }
    try {
      return MAPPER.treeToValue(json, type);
    } catch (JacksonException e) {
      String field = "document";
      JsonNode value = json;
      for (JacksonException.Reference step : e.getPath()) {
        String name = step.getPropertyName();
        value = name == null ? value.path(step.getIndex()) : value.path(name);
        field = name == null ? field : name;
      }
      throw new InputException(
          source,
          field,
          value.isMissingNode() ? "missing" : value,
          e instanceof UnrecognizedPropertyException
              ? "and no such field is known"
              : "expected "
                  + (e instanceof MismatchedInputException other ? form(other) : "a number"));
    }
  }

  private static String form(MismatchedInputException fault) {
    Class<?> type = fault.getTargetType();
    if (type == String.class) {
      return "a text";
    }
    if (type != null && Collection.class.isAssignableFrom(type)) {
      return "a list";
    }
    if (type != null && type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(String::valueOf)
          .collect(Collectors.joining(", ", "one of ", ""));
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    return type != null && (type.isPrimitive() || Number.class.isAssignableFrom(type))
        ? "a number"
        : "an object";
  }
}
