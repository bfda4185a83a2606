package dev.lockstep.symmetry;

import dev.lockstep.matrix.DoubleMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Axis;
import dev.lockstep.model.Layer;
import dev.lockstep.model.Network;
import dev.lockstep.model.Optimizer;
import dev.lockstep.model.Parameters;
import dev.lockstep.model.Update;
import dev.lockstep.scenario.Workload;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * The network with one unit per hidden layer that computes the same function, in exact arithmetic,
 * as a network in lockstep.
 *
 * <p>N(l) is the number of equal units in hidden layer l, and 1 for the input and the output. A
 * unit's N(l-1) equal incoming weights w act as one weight N(l-1) w, and a gradient of the quotient
 * is N(l) times that of each wide weight. The quotient therefore follows the wide network if its
 * weight rates are multiplied by N(l-1) / N(l), its bias rates divided by N(l), and its weight
 * decay multiplied by N(l) / N(l-1). Adam's steps do not depend on the scale of gradients: its
 * weight rates are multiplied by N(l-1), its epsilon by N(l), and its bias rates are unchanged.
 */
public final class Quotient {

  private Quotient() {}

  /** Returns the network with one unit per hidden layer. */
  public static Network network(Network wide) {
    return new Network(wide.layers().stream().map(layer -> layer.over(Quotient::narrow)).toList());
  }

  private static Axis narrow(Axis axis) {
    return axis instanceof Axis.Units(int layer, int _) ? new Axis.Units(layer, 1) : axis;
  }

  /**
   * Returns the quotient's parameters, computed in binary64 from those of unit 0.
   *
   * @param wide parameters whose hidden layers are each in lockstep
   */
  public static Parameters parameters(Parameters wide) {
    return ofUnitZero(wide, parameter -> parameter.rows().units());
  }

  /** Returns the elements of wide gradients (or their bounds) that belong to unit 0, unscaled. */
  public static Parameters ofUnitZero(Parameters wide) {
    return ofUnitZero(wide, parameter -> 1);
  }

  private static Parameters ofUnitZero(Parameters wide, ToIntFunction<Layer.Parameter> factor) {
    return new Parameters(
        wide.entries().stream()
            .map(
                entry ->
                    corner(
                        entry.parameter().over(Quotient::narrow),
                        entry.matrix(),
                        factor.applyAsInt(entry.parameter())))
            .toList());
  }

  /** Returns unit 0's elements: column 0 of matrices below a hidden layer, row 0 of those above. */
  private static Parameters.Entry corner(Layer.Parameter narrow, Matrix wide, int factor) {
    DoubleMatrix corner = new DoubleMatrix(narrow.rows().size(), narrow.columns().size());
    for (int i = 0; i < corner.size(); i++) {
      int at = i / corner.columns() * wide.columns() + i % corner.columns();
      corner.data()[i] = wide.value(at) * factor;
    }
    return new Parameters.Entry(narrow, corner);
  }

  /** Returns the expected wide gradients in the quotient's shapes: its gradients over N(l). */
  public static Parameters wideGradients(Network wide, Parameters quotientGradients) {
    return new Parameters(
        quotientGradients.entries().stream()
            .map(
                entry -> {
                  DoubleMatrix divided = entry.matrix().widened();
                  int units = wide.parameter(entry.name()).columns().units();
                  Arrays.setAll(divided.data(), i -> divided.data()[i] / units);
                  return new Parameters.Entry(entry.parameter(), divided);
                })
            .toList());
  }

  /**
   * Returns the workload on the quotient network.
   *
   * @throws IllegalArgumentException if there is noise, because noise makes units differ
   */
  public static Workload workload(Workload wide) {
    if (!wide.noise().isNone()) {
      throw new IllegalArgumentException("no unit stands for others that noise sets apart");
    }
    return new Workload(
        network(wide.network()),
        parameters(wide.initial()),
        wide.loss(),
        optimizer(wide.network(), wide.optimizer()),
        wide.data(),
        wide.batch(),
        wide.seed());
  }

  private static Optimizer optimizer(Network network, Optimizer wide) {
    Map<String, Update> updates = new HashMap<>();
    wide.updates()
        .forEach(
            (name, each) -> {
              Layer.Parameter parameter = network.parameter(name);
              double in = parameter.rows().units();
              double out = parameter.columns().units();
              double gain = wide.rule().isScaleFree() ? 1 : out;
              updates.put(
                  name,
                  new Update(
                      each.rule().withEpsilon(each.rule().epsilon() * out),
                      (float) (each.rate() * in / gain),
                      (float) (each.decay() * out / in)));
            });
    return new Optimizer(wide.rule(), wide.schedule(), updates);
  }
}
