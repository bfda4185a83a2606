package dev.lockstep.model;

import dev.lockstep.input.InputException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How the learning rate of each layer is fixed, before it is rounded to binary32.
 *
 * <p>Text forms: {@code 0.1} (uniform), {@code 0.1,0.05,0.05} (one a layer), {@code quotient:0.1}.
 */
public sealed interface LearningRate {

  /** The same rate everywhere. */
  record Uniform(double rate) implements LearningRate {
    @Override
    public String toString() {
      return Double.toString(rate);
    }
  }

  /** One rate a layer, for its weights and its bias. */
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
   * The rates under which a network whose hidden layers are in lockstep moves as the network with
   * one unit a layer does at {@code rate}, whatever its width. With N(l) units in hidden layer l
   * and 1 in place of the input and of the output layer: weights {@code rate * N(l) / N(l-1)}, bias
   * {@code rate * N(l)}. (Each of N(l-1) equal incoming weights receives the gradient that the one
   * weight they add up to would, and each of N(l) equal units 1/N(l) of the unit's.) Weights decay
   * by N(l-1) / N(l) of the decay. Adam's steps do not depend on the scale of the gradients: its
   * rates are {@code rate / N(l-1)} and {@code rate}, its epsilon is divided by N(l).
   */
  record Quotient(double rate) implements LearningRate {
    @Override
    public String toString() {
      return "quotient:" + rate;
    }
  }

  /**
   * An optimiser at these rates, each number computed in binary64 and rounded once.
   *
   * @param decay of all weights; biases do not decay
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
   * Reads a text form.
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
