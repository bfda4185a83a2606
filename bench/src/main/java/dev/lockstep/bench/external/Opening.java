package dev.lockstep.bench.external;

import dev.lockstep.bench.external.TensorFiles.Form;
import dev.lockstep.data.Examples;
import dev.lockstep.file.NpyArray;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.model.Optimizer;
import dev.lockstep.model.Parameters;
import dev.lockstep.model.Rule;
import dev.lockstep.model.Schedule;
import dev.lockstep.scenario.ScenarioFile;
import dev.lockstep.scenario.Workload;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A workload in the form of the request {@code open}. */
record Opening(Workload workload, Hello hello) {

  /** The first feature of the workload that the program does not support, if there is one. */
  Optional<String> unsupported() {
    String activation = workload.network().activation().label();
    String loss = workload.loss().label();
    String rule = name(workload.optimizer().rule());
    if (workload.network().depth() > 0 && !hello.supports(activation)) {
      return Optional.of("the activation " + activation);
    }
    if (!hello.supports(loss)) {
      return Optional.of("the loss " + loss);
    }
    if (!hello.supports(rule)) {
      return Optional.of("the optimizer " + rule);
    }
    if (!workload.noise().isNone() && !hello.supports("noise")) {
      return Optional.of("noise");
    }
    boolean decays = workload.optimizer().weights().stream().anyMatch(each -> each.decay() != 0);
    if (decays && !hello.supports("decay")) {
      return Optional.of("weight decay");
    }
    if (hello.independent() && workload.origin().isEmpty()) {
      return Optional.of("a start that is not a scenario's (it is independent)");
    }
    return Optional.empty();
  }

  /** Adds all fields of the request. */
  void write(ObjectNode request, TensorFiles tensors) {
    ObjectNode network = request.putObject("network");
    ArrayNode sizes = network.putArray("sizes").add(workload.network().inputs());
    workload.network().hidden().forEach(sizes::add);
    sizes.add(workload.network().outputs());
    network.put("activation", workload.network().activation().label());
    request.put("loss", workload.loss().label());
    write(request.putObject("optimizer"), workload.optimizer());
    write(request.putObject("schedule"), workload.optimizer().schedule());
    request.putObject("noise").put("deviation", workload.noise().deviation());
    request.put("batch", workload.batch());
    request.put("seed", workload.seed());
    ObjectNode data = request.putObject("data");
    write(data, tensors, "train-", workload.data().train());
    write(data, tensors, "test-", workload.data().test());
    if (hello.independent()) {
      request.set("scenario", ScenarioFile.json(workload.origin().orElseThrow()));
    } else {
      write(request.putObject("parameters"), tensors, workload.initial());
    }
  }

  private static String name(Rule rule) {
    return switch (rule) {
      case Rule.Sgd _ -> "sgd";
      case Rule.Momentum _ -> "momentum";
      case Rule.Nesterov _ -> "nesterov";
      case Rule.Adam _ -> "adam";
    };
  }

  /** Writes the exact values of the binary32 numbers. */
  private static void write(ObjectNode node, Optimizer optimizer) {
    node.put("rule", name(optimizer.rule()));
    switch (optimizer.rule()) {
      case Rule.Sgd _ -> {}
      case Rule.Momentum(float factor) -> node.put("factor", (double) factor);
      case Rule.Nesterov(float factor) -> node.put("factor", (double) factor);
      case Rule.Adam adam ->
          node.put("first", (double) adam.first()).put("second", (double) adam.second());
    }
    write(node.putArray("weights"), optimizer.weights());
    write(node.putArray("biases"), optimizer.biases());
  }

  private static void write(ArrayNode node, List<Optimizer.Settings> settings) {
    for (Optimizer.Settings each : settings) {
      node.addObject()
          .put("rate", (double) each.rate())
          .put("decay", (double) each.decay())
          .put("epsilon", (double) each.epsilon());
    }
  }

  private static void write(ObjectNode node, Schedule schedule) {
    switch (schedule) {
      case Schedule.Constant() -> node.put("kind", "constant");
      case Schedule.Stairs(int steps, double factor) ->
          node.put("kind", "step").put("steps", steps).put("factor", factor);
      case Schedule.Cosine(int steps) -> node.put("kind", "cosine").put("steps", steps);
    }
  }

  /** Adds the features and labels of rows as two fields. */
  static void write(ObjectNode node, TensorFiles tensors, String prefix, Examples examples) {
    node.put(
        prefix + "features",
        tensors.write(
            array(new FloatMatrix(examples.rows(), examples.inputs(), examples.features()))));
    long[] labels = Arrays.stream(examples.labels()).asLongStream().toArray();
    node.put(
        prefix + "labels", tensors.write(new NpyArray.Longs(new int[] {labels.length}, labels)));
  }

  /** Adds weights and biases as two fields. */
  static void write(ObjectNode node, TensorFiles tensors, Parameters parameters) {
    ArrayNode weights = node.putArray("weights");
    parameters.weights().forEach(w -> weights.add(tensors.write(Form.MATRIX, w)));
    ArrayNode biases = node.putArray("biases");
    parameters.biases().forEach(b -> biases.add(tensors.write(Form.VECTOR, b)));
  }

  /** A matrix as a binary32 array, whatever the program's precision. */
  static NpyArray array(FloatMatrix matrix) {
    return new NpyArray.Floats(new int[] {matrix.rows(), matrix.columns()}, matrix.data());
  }
}
