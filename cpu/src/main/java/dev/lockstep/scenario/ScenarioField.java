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
      "The version rises when the meaning of a field changes; other versions are refused."),
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
      "Activation of all hidden layers: " + Activation.LABELS + ".",
      "The output layer is linear."),
  /** How the weights are drawn. */
  INITIALIZATION(
      "initialization",
      "How the weights are drawn: " + Initialization.FORMS + ".",
      "equal and groups repeat units; biases start at zero unless they come from a file."),
  /** What steps make smaller. */
  LOSS(
      "loss",
      "What training minimises: " + Loss.LABELS + ". May be left out: cross-entropy.",
      "cross-entropy is taken after a softmax of the outputs; squared-error is half the sum over a"
          + " row."),
  /** Of the hidden units. */
  NOISE(
      "noise",
      "Standard deviation of the noise on each hidden unit in training. May be left out: 0.",
      "Each step adds a normal random number to each unit's bias, which separates equal units."),
  /** Of each layer. */
  LEARNING_RATE(
      "learning-rate",
      "One number; one number per layer, as text separated by commas; or quotient:RATE.",
      "quotient scales RATE by the widths, so that equal units of any number move as a single unit"
          + " per layer does at RATE."),
  /** What is made of a gradient. */
  OPTIMIZER(
      "optimizer",
      "How gradients change the parameters: " + Rule.FORMS + ". May be left out: sgd.",
      "momentum and nesterov are defined as in PyTorch; adam corrects its bias, and its defaults"
          + " are 0.9, 0.999 and 1e-8."),
  /** Of all rates. */
  SCHEDULE(
      "schedule",
      "Factor of the learning rates over time: " + Schedule.FORMS + ". May be left out: constant.",
      "step multiplies the rates by FACTOR every STEPS steps; cosine lowers them to 0 in STEPS"
          + " steps."),
  /** Of the weights. */
  WEIGHT_DECAY(
      "weight-decay",
      "A number from 0 to 1. May be left out: 0.",
      "This factor of each weight is added to its gradient before the optimizer; biases do not"
          + " decay."),
  /** Rows of a step. */
  BATCH(
      "batch",
      "Rows of a step, at least 1.",
      "Rows are shuffled anew each epoch; those that do not fill a batch are left out."),
  /** Length of the training. */
  STEPS("steps", "Steps to train, 0 or more.", "0 only evaluates the initial network."),
  /** What is drawn. */
  SEED(
      "seed",
      "A 64-bit integer from which everything random is drawn.",
      "Equal scenarios give equal bits on every exact backend and every machine.");

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
