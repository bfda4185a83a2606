package dev.lockstep.scenario;

import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.InputException;
import dev.lockstep.model.Labelled;
import dev.lockstep.model.Learning;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Schedule;
import dev.lockstep.model.UnitNoise;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A scenario as a JSON file. The values are the text forms of the flags of the same names.
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
 * <p>Every {@link ScenarioField} is required but for loss, noise, optimizer, schedule and
 * weight-decay, which are cross-entropy, 0, sgd, constant and 0 where they are left out. None may
 * stand twice, and other names are refused.
 */
public final class ScenarioFile {

  /** The version written and read. */
  public static final int SCHEMA = 1;

  private static final long LONGEST_FILE = 1 << 20;

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final String source;
  private final JsonNode node;

  private ScenarioFile(String source, JsonNode node) {
    this.source = source;
    this.node = node;
  }

  /**
   * Reads a file.
   *
   * @throws InputException naming the file, the field and the value
   */
  public static Scenario read(Path file) {
    String source = file.toString();
    try {
      long size = Files.size(file);
      if (size > LONGEST_FILE) {
        throw new InputException(
            source, "size", size + " bytes", "expected at most " + LONGEST_FILE);
      }
      return of(source, MAPPER.readTree(Files.readAllBytes(file)));
    } catch (IOException e) {
      throw InputException.unreadable(file, e);
    } catch (JacksonException e) {
      throw new InputException(
          source,
          InputException.place(e),
          "not JSON",
          String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse(""));
    }
  }

  /** Reads the JSON form that {@link #json} writes. */
  private static Scenario of(String source, JsonNode node) {
    return new ScenarioFile(source, node).scenario();
  }

  /** Writes a scenario as JSON. */
  public static ObjectNode json(Scenario scenario) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("schema", SCHEMA);
    json.put("data", scenario.data().toString());
    scenario.hidden().forEach(json.putArray("hidden")::add);
    json.put("activation", scenario.activation().label());
    json.put("initialization", scenario.initialization().toString());
    json.put("loss", scenario.loss().label());
    json.put("noise", scenario.noise());
    Learning learning = scenario.learning();
    json.put("learning-rate", learning.rate().toString());
    json.put("optimizer", learning.rule().toString());
    json.put("schedule", learning.schedule().toString());
    json.put("weight-decay", learning.decay());
    json.put("batch", scenario.batch());
    json.put("steps", scenario.steps());
    json.put("seed", scenario.seed());
    return json;
  }

  private Scenario scenario() {
    if (!node.isObject()) {
      throw new InputException(source, "document", node.getNodeType(), "expected a JSON object");
    }
    ScenarioField.requireAll(source, List.copyOf(node.propertyNames()));
    if (integer("schema", Integer.MAX_VALUE) != SCHEMA) {
      throw new InputException(source, "schema", node.get("schema"), "expected " + SCHEMA);
    }
    return new Scenario(
        DataSource.parse(source, text("data")),
        hidden(),
        Labelled.of(Activation.class, source, text("activation")),
        Initialization.parse(source, text("initialization")),
        Labelled.of(Loss.class, source, text("loss", Loss.CROSS_ENTROPY.label())),
        UnitNoise.parseDeviation(source, text("noise", "0")),
        new Learning(
            LearningRate.parse(source, text("learning-rate")),
            Rule.parse(source, text("optimizer", "sgd")),
            Schedule.parse(source, text("schedule", "constant")),
            Learning.parseDecay(source, text("weight-decay", "0"))),
        (int) integer("batch", Integer.MAX_VALUE),
        (int) integer("steps", Integer.MAX_VALUE),
        integer("seed", Long.MAX_VALUE));
  }

  private List<Integer> hidden() {
    JsonNode array = required("hidden");
    if (!array.isArray()) {
      throw new InputException(source, "hidden", array, "expected an array of widths");
    }
    List<Integer> widths = new ArrayList<>();
    for (JsonNode width : array) {
      if (!width.isInt() || width.intValue() < 1) {
        throw new InputException(source, "hidden", width, "expected whole numbers of at least 1");
      }
      widths.add(width.intValue());
    }
    return widths;
  }

  private String text(String field, String usual) {
    return node.has(field) ? text(field) : usual;
  }

  private String text(String field) {
    JsonNode value = required(field);
    if (value.isString()) {
      return value.stringValue();
    }
    if (value.isNumber()) {
      return value.toString();
    }
    throw new InputException(source, field, value, "expected text or a number");
  }

  private long integer(String field, long most) {
    JsonNode value = required(field);
    if (!value.canConvertToLong() || !value.isIntegralNumber()) {
      throw new InputException(source, field, value, "expected a whole number");
    }
    long number = value.longValue();
    if (number > most || (number < 0 && most == Integer.MAX_VALUE)) {
      throw new InputException(source, field, value, "expected 0 to " + most);
    }
    return number;
  }

  private JsonNode required(String field) {
    JsonNode value = node.get(field);
    if (value == null) {
      throw new InputException(source, field, "missing", "expected every field of a scenario");
    }
    return value;
  }
}
