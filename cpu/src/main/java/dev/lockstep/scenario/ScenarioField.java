package dev.lockstep.scenario;

import dev.lockstep.input.InputException;
import dev.lockstep.input.Labelled;
import dev.lockstep.input.Limits;
import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.Learning;
import dev.lockstep.model.LearningRate;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Network.Normalization;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Schedule;
import dev.lockstep.model.UnitNoise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A field of a scenario. What reads and writes files, what reads flags, and help all go through
 * {@link #ALL}.
 *
 * @param name in a file
 * @param flag its flag
 * @param usual the value where none is given, as it is before {@code reader} reads it: text, a
 *     whole number, or a list of them
 * @param reader makes a value of what a flag or file, whose name it gets first, has
 * @param value that a scenario has
 * @param meaning accepted values, as a sentence
 * @param remark notes
 * @param <T> its values
 */
public record ScenarioField<T>(
    String name,
    Flag flag,
    Presence presence,
    Object usual,
    BiFunction<String, Object, T> reader,
    Function<Scenario, T> value,
    String meaning,
    String remark) {

  /** Whether a file must have a field. */
  public enum Presence {
    /** It must. */
    REQUIRED,
    /** The usual value stands for it. */
    OPTIONAL
  }

  /**
   * A flag.
   *
   * @param name such as {@code --init}; empty for a field that has no flag
   * @param label of its value in help, such as {@code I}
   * @param description accepted values, as a clause
   */
  public record Flag(String name, String label, String description) {}

  private static final ScenarioField<Integer> SCHEMA =
      new ScenarioField<>(
          "schema",
          new Flag("", "", ""),
          Presence.REQUIRED,
          ScenarioFile.SCHEMA,
          ScenarioField::version,
          _ -> ScenarioFile.SCHEMA,
          "Version of the format: " + ScenarioFile.SCHEMA + ".",
          "The version rises when the meaning of a field changes; other versions are refused.");

  private static final ScenarioField<DataSource> DATA =
      new ScenarioField<>(
          "data",
          new Flag("--data", "D", DataSource.FORMS),
          Presence.REQUIRED,
          "digits",
          text(DataSource::parse),
          Scenario::data,
          "Where the rows come from: " + DataSource.FORMS + ".",
          "digits is embedded: 64 inputs, 10 classes. teacher draws its rows from the seed.");

  private static final ScenarioField<List<Integer>> HIDDEN =
      new ScenarioField<>(
          "hidden",
          new Flag("--hidden", "N", "Units of each hidden layer"),
          Presence.REQUIRED,
          List.of(128),
          ScenarioField::hidden,
          Scenario::hidden,
          "Units of each hidden layer, a list of whole numbers of at least 1.",
          "An empty list is a network without hidden layers.");

  private static final ScenarioField<Normalization> NORMALIZATION =
      new ScenarioField<>(
          "normalization",
          new Flag("--normalization", "N", Normalization.LABELS),
          Presence.OPTIONAL,
          "none",
          text((source, label) -> Labelled.of(Normalization.class, source, label)),
          Scenario::normalization,
          "Normalization of all hidden layers: " + Normalization.LABELS + ".",
          "batch normalizes each unit's products over the rows of a step, before its bias is added;"
              + " it needs a batch of at least 2.");

  private static final ScenarioField<Activation> ACTIVATION =
      new ScenarioField<>(
          "activation",
          new Flag("--activation", "F", Activation.LABELS),
          Presence.REQUIRED,
          "tanh",
          text((source, label) -> Labelled.of(Activation.class, source, label)),
          Scenario::activation,
          "Activation of all hidden layers: " + Activation.LABELS + ".",
          "The output layer is linear.");

  private static final ScenarioField<Initialization> INITIALIZATION =
      new ScenarioField<>(
          "initialization",
          new Flag("--init", "I", Initialization.FORMS),
          Presence.REQUIRED,
          "glorot-uniform",
          text(Initialization::parse),
          Scenario::initialization,
          "How the weights are drawn: " + Initialization.FORMS + ".",
          "equal and groups repeat units; copies repeats the first unit of a random network; biases"
              + " start at zero unless they come from a file.");

  private static final ScenarioField<Loss> LOSS =
      new ScenarioField<>(
          "loss",
          new Flag("--loss", "L", Loss.LABELS),
          Presence.OPTIONAL,
          "cross-entropy",
          text((source, label) -> Labelled.of(Loss.class, source, label)),
          Scenario::loss,
          "What training minimises: " + Loss.LABELS + ".",
          "cross-entropy is taken after a softmax of the outputs; squared-error is half the sum"
              + " over a row.");

  private static final ScenarioField<Double> NOISE =
      new ScenarioField<>(
          "noise",
          new Flag("--noise", "D", "Standard deviation of noise on each hidden unit in each step"),
          Presence.OPTIONAL,
          "0",
          text(UnitNoise::parseDeviation),
          Scenario::noise,
          "Standard deviation of the noise on each hidden unit in training.",
          "Each step adds a normal random number to each unit's bias, which separates equal"
              + " units.");

  private static final ScenarioField<LearningRate> LEARNING_RATE =
      new ScenarioField<>(
          "learning-rate",
          new Flag(
              "--learning-rate",
              "R",
              "One rate, one rate per layer separated by commas, or quotient:RATE"),
          Presence.REQUIRED,
          "0.1",
          text(LearningRate::parse),
          scenario -> scenario.learning().rate(),
          "One number; one number per layer, as text separated by commas; or quotient:RATE.",
          "quotient scales RATE by the widths, so that equal units of any number move as a single"
              + " unit per layer does at RATE.");

  private static final ScenarioField<Rule> OPTIMIZER =
      new ScenarioField<>(
          "optimizer",
          new Flag("--optimizer", "O", Rule.FORMS),
          Presence.OPTIONAL,
          "sgd",
          text(Rule::parse),
          scenario -> scenario.learning().rule(),
          "How gradients change the parameters: " + Rule.FORMS + ".",
          "momentum and nesterov are defined as in PyTorch; adam corrects its bias, and its"
              + " defaults are 0.9, 0.999 and 1e-8.");

  private static final ScenarioField<Schedule> SCHEDULE =
      new ScenarioField<>(
          "schedule",
          new Flag("--schedule", "S", Schedule.FORMS),
          Presence.OPTIONAL,
          "constant",
          text(Schedule::parse),
          scenario -> scenario.learning().schedule(),
          "Factor of the learning rates over time: " + Schedule.FORMS + ".",
          "step multiplies the rates by FACTOR every STEPS steps; cosine lowers them to 0 in STEPS"
              + " steps.");

  private static final ScenarioField<Double> WEIGHT_DECAY =
      new ScenarioField<>(
          "weight-decay",
          new Flag("--weight-decay", "D", "Factor of the weight that is added to its gradient"),
          Presence.OPTIONAL,
          "0",
          text(Learning::parseDecay),
          scenario -> scenario.learning().decay(),
          "A number from 0 to 1.",
          "This factor of each weight is added to its gradient before the optimizer; biases do not"
              + " decay.");

  private static final ScenarioField<Integer> BATCH =
      new ScenarioField<>(
          "batch",
          new Flag("--batch", "N", "Rows of a step"),
          Presence.REQUIRED,
          33,
          (_, rows) -> (Integer) rows,
          Scenario::batch,
          "Rows of a step, at least 1.",
          "Rows are shuffled anew each epoch; those that do not fill a batch are left out.");

  private static final ScenarioField<Integer> STEPS =
      new ScenarioField<>(
          "steps",
          new Flag("--steps", "N", "Steps"),
          Presence.REQUIRED,
          400,
          (_, steps) -> (Integer) steps,
          Scenario::steps,
          "Steps to train, 0 or more.",
          "0 only evaluates the initial network.");

  private static final ScenarioField<Long> SEED =
      new ScenarioField<>(
          "seed",
          new Flag("--seed", "N", "Seed of parameters, batches and noise"),
          Presence.REQUIRED,
          1L,
          (_, seed) -> (Long) seed,
          Scenario::seed,
          "A 64-bit integer from which everything random is drawn.",
          "Equal scenarios give equal bits on every exact backend and every machine.");

  /** All of them, in the order in which they are written. */
  public static final List<ScenarioField<?>> ALL =
      List.of(
          SCHEMA,
          DATA,
          HIDDEN,
          NORMALIZATION,
          ACTIVATION,
          INITIALIZATION,
          LOSS,
          NOISE,
          LEARNING_RATE,
          OPTIMIZER,
          SCHEDULE,
          WEIGHT_DECAY,
          BATCH,
          STEPS,
          SEED);

  /** The values of all fields. */
  @FunctionalInterface
  public interface Values {
    /**
     * That of a field.
     *
     * @throws InputException if it is missing or wrong
     */
    <T> T of(ScenarioField<T> field);
  }

  /** The scenario that has these values. */
  public static Scenario scenario(Values values) {
    values.of(SCHEMA);
    return new Scenario(
        values.of(DATA),
        values.of(HIDDEN),
        values.of(NORMALIZATION),
        values.of(ACTIVATION),
        values.of(INITIALIZATION),
        values.of(LOSS),
        values.of(NOISE),
        new Learning(
            values.of(LEARNING_RATE),
            values.of(OPTIMIZER),
            values.of(SCHEDULE),
            values.of(WEIGHT_DECAY)),
        values.of(BATCH),
        values.of(STEPS),
        values.of(SEED));
  }

  private static <T> BiFunction<String, Object, T> text(BiFunction<String, String, T> parser) {
    return (source, text) -> parser.apply(source, (String) text);
  }

  /** Checks the widths of the hidden layers. Messages do not repeat a long list. */
  private static List<Integer> hidden(String source, Object given) {
    List<Integer> widths = ((List<?>) given).stream().map(Integer.class::cast).toList();
    Limits.LAYERS.require(source, "number of hidden layers", widths.size());
    for (int width : widths) {
      if (width < 1) {
        throw new InputException(source, "hidden", width, "expected widths of at least 1");
      }
      Limits.UNITS.require(source, "hidden", width);
    }
    return widths;
  }

  private static Integer version(String source, Object version) {
    if (!version.equals(ScenarioFile.SCHEMA)) {
      throw new InputException(source, "schema", version, "expected " + ScenarioFile.SCHEMA);
    }
    return ScenarioFile.SCHEMA;
  }

  /** The value where none is given, as it is written. */
  public String usualText() {
    return usual instanceof List<?> list
        ? list.stream().map(String::valueOf).collect(Collectors.joining(","))
        : usual.toString();
  }

  /** Its value in a file. */
  T read(String source, JsonNode json) {
    JsonNode node = json.get(name);
    if (node == null && presence == Presence.REQUIRED) {
      throw new InputException(source, name, "missing", "expected every field of a scenario");
    }
    return reader.apply(source, node == null ? usual : plain(source, node));
  }

  private Object plain(String source, JsonNode node) {
    return switch (usual) {
      case String _ -> text(source, node);
      case List<?> _ -> widths(source, node);
      case Integer _ -> (int) whole(source, node, 0, Integer.MAX_VALUE);
      default -> whole(source, node, Long.MIN_VALUE, Long.MAX_VALUE);
    };
  }

  private String text(String source, JsonNode node) {
    if (node.isString()) {
      return node.stringValue();
    }
    if (node.isNumber()) {
      return node.toString();
    }
    throw new InputException(source, name, node, "expected text or a number");
  }

  private long whole(String source, JsonNode node, long least, long most) {
    if (!node.canConvertToLong() || !node.isIntegralNumber()) {
      throw new InputException(source, name, node, "expected a whole number");
    }
    long number = node.longValue();
    if (number < least || number > most) {
      throw new InputException(source, name, node, "expected " + least + " to " + most);
    }
    return number;
  }

  private List<Integer> widths(String source, JsonNode node) {
    if (!node.isArray()) {
      throw new InputException(source, name, node, "expected an array of widths");
    }
    List<Integer> widths = new ArrayList<>();
    Limits.LAYERS.require(source, "number of hidden layers", node.size());
    for (JsonNode width : node) {
      if (!width.isIntegralNumber() || !width.canConvertToInt() || width.intValue() < 1) {
        throw new InputException(
            source,
            name,
            width,
            "expected whole numbers of at least 1 and at most " + Limits.UNITS.value());
      }
      widths.add(width.intValue());
    }
    return widths;
  }

  /** A scenario's value, for a file: a number or a list as such, all else as text. */
  JsonNode write(Scenario scenario) {
    T written = value.apply(scenario);
    return JsonMapper.shared()
        .valueToTree(
            switch (written) {
              case Number number -> number;
              case List<?> list -> list;
              case Labelled labelled -> labelled.label();
              default -> String.valueOf(written);
            });
  }

  /** Help's sentences: accepted values, and what a file may leave out. */
  public String help() {
    return meaning
        + (presence == Presence.OPTIONAL ? " May be left out: " + usualText() + "." : "");
  }
}
