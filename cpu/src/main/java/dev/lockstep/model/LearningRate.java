package dev.lockstep.model;

import dev.lockstep.input.InputException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A scenario's learning rates, before they are rounded to binary32.
 *
 * <p>Text forms: {@code 0.1} (uniform), {@code 0.1,0.05,0.05} (one per layer), {@code
 * quotient:0.1}.
 */
public sealed interface LearningRate {

  /** One rate for all layers. */
  record Uniform(double rate) implements LearningRate {
    @Override
    public String toString() {
      return Double.toString(rate);
    }
  }

  /** One rate per layer, for its weights and its bias. */
  record PerLayer(List<Double> rates) implements LearningRate {
    public PerLayer {
      rates = List.copyOf(rates);
    }

    @Override
    public String toString() {
      return rates.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
  }

  /**
   * Rates scaled by width. With them, a network whose hidden layers are in lockstep follows the
   * trajectory of the network with one unit per layer trained at {@code rate}, whatever its width.
   * N(l) is the number of units in hidden layer l, and 1 for the input and output layers. Weights
   * use {@code rate * N(l) / N(l-1)} and biases {@code rate * N(l)}: each of the N(l-1) equal
   * incoming weights has the gradient of their sum, and each of the N(l) equal units has 1/N(l) of
   * the narrow unit's gradient. The weight decay is multiplied by N(l-1) / N(l). Adam's steps do
   * not depend on the scale of the gradients: its rates are {@code rate / N(l-1)} and {@code rate},
   * and its epsilon is divided by N(l).
   */
  record Quotient(double rate) implements LearningRate {
    @Override
    public String toString() {
      return "quotient:" + rate;
    }
  }

  /**
   * Returns an optimiser with these rates. Each number is computed in binary64 and rounded once to
   * binary32.
   *
   * @param decay the weight decay; biases do not decay
   * @throws InputException if the number of rates is not the number of layers
   */
  default Optimizer optimizer(Network network, Rule rule, Schedule schedule, double decay) {
    int layers = network.depth() + 1;
    if (this instanceof PerLayer(List<Double> rates) && rates.size() != layers) {
      throw new InputException(
          "scenario",
          "learning-rate",
          this,
          "expected 1 or " + layers + " rates, one per layer of " + network);
    }
    Map<String, Update> updates = new HashMap<>();
    for (Layer.Parameter parameter : network.learned()) {
      double decays = parameter.role() == Layer.Role.WEIGHTS ? decay : 0;
      double from = parameter.rows().units();
      double to = parameter.columns().units();
      updates.put(
          parameter.name(),
          switch (this) {
            case Uniform(double rate) -> new Update(rule, (float) rate, (float) decays);
            case PerLayer(List<Double> rates) ->
                new Update(rule, rates.get(parameter.layer()).floatValue(), (float) decays);
            case Quotient(double rate) ->
                new Update(
                    rule.withEpsilon(rule.epsilon() / to),
                    (float) (rate * (rule.isScaleFree() ? 1 : to) / from),
                    (float) (decays * from / to));
          });
    }
    return new Optimizer(rule, schedule, updates);
  }

  /**
   * Parses a text form.
   *
   * @param source the file or flag it came from
   * @throws InputException naming the source and the value
   */
  static LearningRate parse(String source, String text) {
    try {
      if (text.startsWith("quotient:")) {
        return new Quotient(positive(text.substring("quotient:".length())));
      }
      String[] parts = text.split(",", -1);
      if (parts.length == 1) {
        return new Uniform(positive(text));
      }
      List<Double> rates = new ArrayList<>();
      for (String part : parts) {
        rates.add(positive(part));
      }
      return new PerLayer(rates);
    } catch (NumberFormatException e) {
      throw new InputException(
          source,
          "learning-rate",
          text,
          "expected a finite number of at least 0, one per layer separated by commas, or"
              + " quotient:NUMBER");
    }
  }

  private static double positive(String text) {
    double rate = Double.parseDouble(text.strip());
    if (!(rate >= 0) || (float) rate == Float.POSITIVE_INFINITY) {
      throw new NumberFormatException(text);
    }
    return rate;
  }
}
