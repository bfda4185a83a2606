package dev.lockstep.symmetry;

import dev.lockstep.backend.Trainer;
import dev.lockstep.model.Parameters;
import dev.lockstep.scenario.Scenario;
import dev.lockstep.scenario.ScenarioFile;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The record of a backend's run of a scenario: digests of the parameters and the divergence of the
 * units at the recorded steps.
 *
 * @param scenario the scenario
 * @param backend name of the backend
 * @param moments the recorded steps, ascending
 * @param stoppedAt the first step, from 0, whose loss was not finite
 */
public record Trajectory(
    Scenario scenario, String backend, List<Moment> moments, OptionalLong stoppedAt) {

  /** The version of the JSON form. */
  public static final int SCHEMA = 1;

  /** What the JSON form calls itself. */
  public static final String KIND = "lockstep-trajectory";

  public Trajectory {
    moments = List.copyOf(moments);
  }

  /**
   * The state after some steps.
   *
   * @param step number of steps done
   * @param loss loss of the last step's batch before its update; NaN before the first step
   * @param digests digests of W1, b1, W2, b2, ...
   * @param layers symmetry of each hidden layer's parameters
   */
  public record Moment(long step, double loss, List<Digest> digests, List<Layer> layers) {

    public Moment {
      digests = List.copyOf(digests);
      layers = List.copyOf(layers);
    }

    /** Records the current state of a trainer. */
    public static Moment of(Trainer trainer, double loss) {
      return of(trainer.step(), loss, trainer.parameters());
    }

    /** Records parameters. */
    public static Moment of(long step, double loss, Parameters parameters) {
      List<Layer> layers = new ArrayList<>();
      for (int h = 0; h < parameters.layers() - 1; h++) {
        layers.add(Layer.of(UnitSlices.of(parameters, h)));
      }
      return new Moment(step, loss, CopiedSymmetry.digests(parameters), layers);
    }
  }

  /**
   * The symmetry of one hidden layer.
   *
   * @param units number of units
   * @param classes number of classes of units with equal bits
   * @param classesByValue number of classes if -0 counts as +0
   * @param divergence how far the units have diverged
   */
  public record Layer(int units, int classes, int classesByValue, Divergence divergence) {

    static Layer of(UnitSlices slices) {
      UnitClasses classes = UnitClasses.of(slices);
      return new Layer(
          slices.units(), classes.count(), classes.countByValue(), Divergence.of(slices));
    }
  }

  /** Returns the JSON form. Numbers that JSON lacks are the strings NaN, Infinity and -Infinity. */
  public ObjectNode json() {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("schema", SCHEMA).put("kind", KIND);
    json.set("scenario", ScenarioFile.json(scenario));
    json.put("backend", backend);
    stoppedAt.ifPresent(step -> json.put("loss-not-finite-at-step", step));
    ArrayNode steps = json.putArray("moments");
    for (Moment moment : moments) {
      ObjectNode node = steps.addObject();
      node.put("step", moment.step());
      node.set("loss", number(moment.loss()));
      ArrayNode digests = node.putArray("digests");
      moment.digests().forEach(digest -> digests.add(digest.toString()));
      ArrayNode layers = node.putArray("layers");
      for (Layer layer : moment.layers()) {
        ObjectNode child = layers.addObject();
        child.put("units", layer.units());
        child.put("classes", layer.classes());
        child.put("classes-by-value", layer.classesByValue());
        child.set("relative-spread", number(layer.divergence().relativeSpread()));
        child.set("mean-cosine", number(layer.divergence().meanCosine()));
        child.put("zero-units", layer.divergence().zeroUnits());
        child.set("participation-ratio", number(layer.divergence().participationRatio()));
      }
    }
    return json;
  }

  private static JsonNode number(double value) {
    return Double.isFinite(value)
        ? JsonMapper.shared().getNodeFactory().numberNode(value)
        : JsonMapper.shared().getNodeFactory().stringNode(Double.toString(value));
  }
}
