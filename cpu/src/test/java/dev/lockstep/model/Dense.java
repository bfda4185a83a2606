package dev.lockstep.model;

import dev.lockstep.matrix.Matrix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Parameters and settings of networks of fully connected layers, from lists of them. */
public final class Dense {

  private Dense() {}

  /** Of the network that has these shapes. */
  public static Parameters parameters(
      List<? extends Matrix> weights, List<? extends Matrix> biases) {
    List<Integer> hidden =
        new ArrayList<>(
            weights.stream().map(Matrix::columns).toList().subList(0, weights.size() - 1));
    Network network =
        new Network(
            weights.getFirst().rows(), hidden, Activation.TANH, weights.getLast().columns());
    return Parameters.of(
        network.parameters(),
        parameter ->
            (parameter.role() == Layer.Role.WEIGHTS ? weights : biases).get(parameter.layer()));
  }

  /** The weights of every layer. */
  public static List<Matrix> weights(Parameters parameters) {
    return matrices(parameters, Layer.Role.WEIGHTS);
  }

  /** The biases of every layer. */
  public static List<Matrix> biases(Parameters parameters) {
    return matrices(parameters, Layer.Role.BIAS);
  }

  private static List<Matrix> matrices(Parameters parameters, Layer.Role role) {
    return parameters.entries().stream()
        .filter(entry -> entry.parameter().role() == role)
        .map(Parameters.Entry::matrix)
        .toList();
  }

  /** Plain gradient descent at constant rates, layer by layer. */
  public static Optimizer sgd(List<Float> weightRates, List<Float> biasRates) {
    return new Optimizer(
        new Rule.Sgd(),
        new Schedule.Constant(),
        updates(
            weightRates.stream().map(Update::sgd).toList(),
            biasRates.stream().map(Update::sgd).toList()));
  }

  /** Updates by name from those of each layer. */
  public static Map<String, Update> updates(List<Update> weights, List<Update> biases) {
    Map<String, Update> updates = new HashMap<>();
    for (int l = 0; l < weights.size(); l++) {
      updates.put("W" + (l + 1), weights.get(l));
      updates.put("b" + (l + 1), biases.get(l));
    }
    return updates;
  }
}
