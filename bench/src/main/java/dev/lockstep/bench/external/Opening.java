package dev.lockstep.bench.external;

import dev.lockstep.bench.external.TensorFiles.Form;
import dev.lockstep.data.Examples;
import dev.lockstep.file.NpyArray;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.model.Layer;
import dev.lockstep.model.Network;
import dev.lockstep.model.Optimizer;
import dev.lockstep.model.Parameters;
import dev.lockstep.model.Schedule;
import dev.lockstep.model.Update;
import dev.lockstep.scenario.ScenarioFile;
import dev.lockstep.scenario.Workload;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A workload in the form of the request {@code open}. */
record Opening(Workload workload, Hello hello) {

  /** The first feature of the workload that the program does not support, if there is one. */
  Optional<String> unsupported() {
    String activation = workload.network().activation(0).label();
    String loss = workload.loss().label();
    String rule = workload.optimizer().rule().kind().label();
    if (workload.network().depth() > 0 && !hello.supports(activation)) {
      return Optional.of("the activation " + activation);
    }
    for (Layer layer : workload.network().layers()) {
      for (Map.Entry<String, String> feature : layer.features().entrySet()) {
        String name = feature.getValue() + " " + feature.getKey();
        if (!hello.supports(name)) {
          return Optional.of(name);
        }
      }
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
    boolean decays =
        workload.optimizer().updates().values().stream().anyMatch(each -> each.decay() != 0);
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
    network.put("activation", workload.network().activation(0).label());
    workload.network().layers().forEach(layer -> layer.features().forEach(network::put));
    request.put("loss", workload.loss().label());
    write(request.putObject("optimizer"), workload.network(), workload.optimizer());
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

  /** All numbers are binary32 and are written as what they are exactly. */
  private static void write(ObjectNode node, Network network, Optimizer optimizer) {
    node.put("rule", optimizer.rule().kind().label());
    optimizer.rule().shares().forEach(share -> node.put(share.name(), (double) share.value()));
    for (Layer.Parameter parameter : network.learned()) {
      Update update = optimizer.of(parameter.name());
      node.withArrayProperty(parameter.role().plural())
          .addObject()
          .put("rate", (double) update.rate())
          .put("decay", (double) update.decay())
          .put("epsilon", (double) update.rule().epsilon());
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

  /** Adds parameters, those of each role as one field. */
  static void write(ObjectNode node, TensorFiles tensors, Parameters parameters) {
    for (Parameters.Entry entry : parameters.entries()) {
      node.withArrayProperty(entry.parameter().role().plural())
          .add(tensors.write(Form.of(entry.parameter()), entry.matrix()));
    }
  }

  /** A matrix as a binary32 array, whatever the program's precision. */
  static NpyArray array(FloatMatrix matrix) {
    return new NpyArray.Floats(new int[] {matrix.rows(), matrix.columns()}, matrix.data());
  }
}
