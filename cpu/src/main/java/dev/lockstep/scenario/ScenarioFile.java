package dev.lockstep.scenario;

import dev.lockstep.file.ForeignFile;
import dev.lockstep.file.ForeignJson;
import dev.lockstep.input.InputException;
import dev.lockstep.input.Limits;
import dev.lockstep.input.Suggestion;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A scenario as a JSON file. The values have the text forms of the flags with the same names.
 *
 * <pre>{@code
 * {
 *   "schema": 1,
 *   "data": "digits",
 *   "hidden": [129, 129],
 *   "activation": "tanh",
 *   "initialization": "equal",
 *   "loss": "cross-entropy",
 *   "noise": 0,
 *   "learning-rate": "quotient:0.1",
 *   "optimizer": "momentum:0.9",
 *   "schedule": "cosine:200",
 *   "weight-decay": 0.0001,
 *   "batch": 33,
 *   "steps": 200,
 *   "seed": 7
 * }
 * }</pre>
 *
 * <p>{@link ScenarioField#ALL} lists the fields and defines which may be left out. Repeated and
 * unknown fields are refused.
 */
public final class ScenarioFile {

  /** The version that is written and read. */
  public static final int SCHEMA = 1;

  private static final JsonMapper MAPPER = ForeignJson.mapper().build();

  private ScenarioFile() {}

  /**
   * Reads a file.
   *
   * @throws InputException if it cannot be read or is malformed, naming the field and the value
   */
  public static Scenario read(Path file) {
    byte[] text = ForeignFile.bytes(file, Limits.SCENARIO_FILE);
    try {
      return of(file.toString(), MAPPER.readTree(text));
    } catch (JacksonException e) {
      throw InputException.unparsable(file, "not JSON", e);
    }
  }

  /** Writes a scenario as JSON. */
  public static ObjectNode json(Scenario scenario) {
    ObjectNode json = MAPPER.createObjectNode();
    ScenarioField.ALL.forEach(field -> json.set(field.name(), field.write(scenario)));
    return json;
  }

  /** Reads the JSON form that {@link #json} writes. */
  private static Scenario of(String source, JsonNode json) {
    if (!json.isObject()) {
      throw new InputException(source, "document", json.getNodeType(), "expected a JSON object");
    }
    requireKnown(source, json);
    return ScenarioField.scenario(
        new ScenarioField.Values() {
          @Override
          public <T> T of(ScenarioField<T> field) {
            return field.read(source, json);
          }
        });
  }

  /** Refuses unknown fields. */
  private static void requireKnown(String source, JsonNode json) {
    List<String> known = ScenarioField.ALL.stream().map(field -> field.name()).toList();
    for (String name : json.propertyNames()) {
      if (!known.contains(name)) {
        throw new InputException(
            source,
            "field",
            name,
            "which is unknown"
                + Suggestion.of(name, known)
                + " (the fields are "
                + String.join(", ", known)
                + ")");
      }
    }
  }
}
