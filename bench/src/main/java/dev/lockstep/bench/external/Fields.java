package dev.lockstep.bench.external;

import dev.lockstep.input.Labelled;
import dev.lockstep.input.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * The fields of a JSON object in an answer. Every method checks type and bounds and throws {@link
 * Malformed}.
 *
 * @param node the object
 */
record Fields(JsonNode node) {

  Fields {
    if (!node.isObject()) {
      throw new Malformed("the result", node, "expected an object");
    }
  }

  Fields object(String field) {
    JsonNode value = node.path(field);
    if (!value.isObject()) {
      throw wrong(field, value, "expected an object");
    }
    return new Fields(value);
  }

  String text(String field) {
    JsonNode value = node.path(field);
    if (!value.isString()) {
      throw wrong(field, value, "expected text");
    }
    return value.stringValue();
  }

  /** A printable text, cut to {@code longest} characters. */
  String text(String field, int longest) {
    return Printable.of(text(field), longest);
  }

  /** The constant with the exact label in a field. */
  <E extends Enum<E> & Labelled> E choice(String field, Class<E> choices) {
    String label = text(field);
    return Arrays.stream(choices.getEnumConstants())
        .filter(each -> each.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new Malformed(
                    field,
                    label,
                    "expected one of "
                        + Arrays.stream(choices.getEnumConstants())
                            .map(Labelled::label)
                            .collect(Collectors.joining(", "))));
  }

  /** The constant with the exact label in a field; {@code otherwise} if the field is missing. */
  <E extends Enum<E> & Labelled> E choice(String field, Class<E> choices, E otherwise) {
    return node.path(field).isMissingNode() ? otherwise : choice(field, choices);
  }

  /** A boolean; false if the field is missing. */
  boolean flag(String field) {
    JsonNode value = node.path(field);
    if (!value.isBoolean() && !value.isMissingNode()) {
      throw wrong(field, value, "expected true or false");
    }
    return value.asBoolean(false);
  }

  /** A whole number within bounds, both included. */
  long integer(String field, long least, long most) {
    JsonNode value = node.path(field);
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < least
        || value.longValue() > most) {
      throw wrong(field, value, "expected a whole number from " + least + " to " + most);
    }
    return value.longValue();
  }

  /** A number; NaN and infinities are texts in JSON. */
  double number(String field) {
    return number(field, node.path(field));
  }

  /** A duration in seconds, finite and not negative. */
  double time(String field) {
    double seconds = number(field);
    if (!(seconds >= 0) || Double.isInfinite(seconds)) {
      throw new Malformed(field, seconds, "expected a time");
    }
    return seconds;
  }

  /** A list of exactly {@code count} numbers, see {@link #number}. */
  double[] numbers(String field, int count) {
    List<JsonNode> list = list(field, count);
    if (list.size() != count) {
      throw new Malformed(field, "a list of " + list.size(), "expected " + count + " numbers");
    }
    double[] numbers = new double[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = number(field + "[" + i + "]", list.get(i));
    }
    return numbers;
  }

  /** A list of at most {@code most} texts; empty if the field is missing. */
  List<String> texts(String field, int most) {
    if (node.path(field).isMissingNode()) {
      return List.of();
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode each : list(field, most)) {
      if (!each.isString()) {
        throw wrong(field, each, "expected text");
      }
      texts.add(each.stringValue());
    }
    return texts;
  }

  /** A list of exactly {@code count} texts. */
  List<String> exactTexts(String field, int count) {
    return counted(field, texts(field, count), count);
  }

  /** A list of exactly {@code count} objects. */
  List<Fields> exactObjects(String field, int count) {
    return counted(field, list(field, count).stream().map(Fields::new).toList(), count);
  }

  private static <T> List<T> counted(String field, List<T> list, int count) {
    if (list.size() != count) {
      throw new Malformed(field, "a list of " + list.size(), "expected " + count);
    }
    return list;
  }

  private List<JsonNode> list(String field, int most) {
    JsonNode value = node.path(field);
    if (!value.isArray()) {
      throw wrong(field, value, "expected a list");
    }
    if (value.size() > most) {
      throw new Malformed(field, "a list of " + value.size(), "expected at most " + most);
    }
    return value.valueStream().toList();
  }

  private static double number(String field, JsonNode value) {
    if (value.isNumber()) {
      return value.doubleValue();
    }
    return switch (value.isString() ? value.stringValue() : "") {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> throw wrong(field, value, "expected a number");
    };
  }

  private static Malformed wrong(String field, JsonNode value, String problem) {
    return new Malformed(field, value.isMissingNode() ? "missing" : value, problem);
  }
}
