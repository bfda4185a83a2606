package dev.lockstep.scenario;

import dev.lockstep.model.Activation;
import dev.lockstep.model.Initialization;
import dev.lockstep.model.InputException;
import dev.lockstep.model.Labelled;
import dev.lockstep.model.Loss;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Schedule;
import dev.lockstep.model.Suggestion;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The fields of a scenario's file, in the order in which they are written. */
public enum ScenarioField implements Labelled {
  /** Version of the format. */
  SCHEMA(
      "schema",
      "Version of the format: 1.",
      "The number rises when a field gets another meaning; other versions are refused."),
  /** Where the rows come from. */
  DATA(
      "data",
      "Where the rows come from: " + DataSource.FORMS + ".",
      "digits is embedded: 64 inputs, 10 classes. teacher draws its rows from the seed."),
  /** Widths. */
  HIDDEN(
      "hidden",
      "Units of each hidden layer, a list of whole numbers of at least 1.",
      "An empty list is a network without hidden layers."),
  /** Of the hidden layers. */
  ACTIVATION(
      "activation",
      "Of all hidden layers: " + Activation.LABELS + ".",
      "The output layer is linear."),
  /** How the weights are drawn. */
  INITIALIZATION(
      "initialization",
      "How the weights are drawn: " + Initialization.FORMS + ".",
      "equal and groups repeat units; biases start at zero unless they come from a file."),
  /** What steps make smaller. */
  LOSS(
      "loss",
      "What steps make smaller: " + Loss.LABELS + ". May be left out: cross-entropy.",
      "Cross-entropy is that of the outputs' softmax; squared-error is half the sum over a row."),
  /** Of the hidden units. */
  NOISE(
      "noise",
      "Standard deviation of noise on each hidden unit while it is trained. May be left out: 0.",
      "Each step adds a normal number to each unit's bias; it sets equal units apart."),
  /** Of each layer. */
  LEARNING_RATE(
      "learning-rate",
      "One number, one a layer as text separated by commas, or quotient:RATE.",
      "Under quotient equal units move as one unit a layer does at RATE, whatever their number."),
  /** What is made of a gradient. */
  OPTIMIZER(
      "optimizer",
      "What is made of a gradient: " + Rule.FORMS + ". May be left out: sgd.",
      "momentum and nesterov are PyTorch's; adam corrects its bias, 0.9, 0.999 and 1e-8 are"
          + " usual."),
  /** Of all rates. */
  SCHEDULE(
      "schedule",
      "What rates are multiplied by: " + Schedule.FORMS + ". May be left out: constant.",
      "step multiplies them by FACTOR every STEPS steps, cosine brings them to 0 in STEPS steps."),
  /** Of the weights. */
  WEIGHT_DECAY(
      "weight-decay",
      "A number from 0 to 1. May be left out: 0.",
      "It times the weight is added to each gradient before the optimizer; biases do not decay."),
  /** Rows of a step. */
  BATCH(
      "batch",
      "Rows of a step, at least 1.",
      "Rows are shuffled anew each epoch; those that do not fill a batch are left out."),
  /** Length of the training. */
  STEPS("steps", "Steps to train, 0 or more.", "0 looks at the initial network."),
  /** What is drawn. */
  SEED(
      "seed",
      "A whole number of 64 bits that all drawing starts from.",
      "Equal scenarios have equal bits on every exact backend, on every machine.");

  private final String label;
  private final String meaning;
  private final String remark;

  ScenarioField(String label, String meaning, String remark) {
    this.label = label;
    this.meaning = meaning;
    this.remark = remark;
  }

  @Override
  public String label() {
    return label;
  }

  /** What stands in it. */
  public String meaning() {
    return meaning;
  }

  /** What is worth knowing besides. */
  public String remark() {
    return remark;
  }

  /**
   * Refuses unknown names of fields.
   *
   * @throws InputException naming the source, the name, what may have been meant and all names
   */
  static void requireAll(String source, List<String> names) {
    List<String> known = Arrays.stream(values()).map(ScenarioField::label).toList();
    for (String name : names) {
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

  /** All names, as help has them. */
  public static String names() {
    return Arrays.stream(values()).map(ScenarioField::label).collect(Collectors.joining(", "));
  }
}
