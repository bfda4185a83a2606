package dev.lockstep.bench.suite;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.lockstep.input.InputException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The times of a suite, for a page. */
record SuiteTimes(List<Time> times) {

  /**
   * A step, a product or a transfer.
   *
   * @param wall median milliseconds by the host's clock; null if it was not timed
   * @param own the same by the clock of the device or the program; null without one
   * @param work operations, or bytes of a transfer, of a call; 0 if no rate is reported
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Time(
      String kind,
      String backend,
      String what,
      String verdict,
      String reason,
      @Nullable Double wall,
      @Nullable Double own,
      double work) {

    static Time of(String source, JsonNode json) {
      Double own = null;
      for (String field : json.propertyNames()) {
        if (field.matches("median-[a-z]+-ms") && !field.equals("median-wall-ms")) {
          own = number(source, field, json);
        }
      }
      Double work = number(source, "work", json);
      return new Time(
          text(source, "kind", json),
          text(source, "backend", json),
          text(source, "what", json),
          text(source, "verdict", json),
          text(source, "reason", json),
          number(source, "median-wall-ms", json),
          own,
          work == null ? 0 : work);
    }

    private static String text(String source, String field, JsonNode json) {
      JsonNode value = json.path(field);
      if (!value.isString()) {
        throw new InputException(
            source, field, value.isMissingNode() ? "missing" : value, "expected a text");
      }
      return value.stringValue();
    }

    private static @Nullable Double number(String source, String field, JsonNode json) {
      JsonNode value = json.path(field);
      if (value.isMissingNode()) {
        return null;
      }
      if (!value.isNumber()
          || !(value.doubleValue() >= 0 && value.doubleValue() < Double.POSITIVE_INFINITY)) {
        throw new InputException(source, field, value, "expected a finite number of at least 0");
      }
      return value.doubleValue();
    }
  }
}
