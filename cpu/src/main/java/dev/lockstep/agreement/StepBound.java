package dev.lockstep.agreement;

import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Probe;
import dev.lockstep.backend.Subnormals;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Parameters;
import dev.lockstep.model.Updates;
import dev.lockstep.program.Layer;
import dev.lockstep.program.Op;
import dev.lockstep.program.Parameter;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor;
import dev.lockstep.scenario.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * How far one training step in binary32 may be, element by element, from the same step without
 * rounding: {@link ErrorPropagation} through all its operations.
 *
 * @param loss bound of each row's loss, averaged
 * @param activations bound of what comes out of each layer
 * @param deltas bound of each layer's delta
 * @param gradients bound of each gradient
 * @param updated bound of each parameter after the step
 */
public record StepBound(
    double loss,
    List<Matrix> activations,
    List<Matrix> deltas,
    Parameters gradients,
    Parameters updated) {

  /**
   * The bound of a step.
   *
   * @param step counted from 0
   * @param state parameters before the step, exact in binary32
   * @param moments what the rule keeps of them, likewise; empty if they are +0
   * @param rounding of the operands of products
   * @param subnormals what becomes of them
   */
  public static StepBound of(
      Workload workload,
      long step,
      Parameters state,
      List<Parameters> moments,
      OperandRounding rounding,
      Subnormals subnormals) {
    StepProgram program = workload.program();
    Map<Tensor, Bounded> tensors = new HashMap<>();
    Function<Tensor, Bounded> known =
        tensor -> Objects.requireNonNull(tensors.get(tensor), tensor::name);
    BiConsumer<Tensor, Matrix> exact =
        (tensor, matrix) -> tensors.put(tensor, Bounded.exact(matrix));
    GivenTensors.of(workload, program, step).forEach(exact);
    program.spread(state, Parameter::value, exact);
    program.spread(workload.optimizer().moments(moments, state), exact);
    ErrorPropagation propagation =
        new ErrorPropagation(
            program.ops(),
            new Updates(workload.optimizer()),
            step,
            new ElementBound(rounding, subnormals));
    for (Op op : program.ops()) {
      List<Bounded> results = propagation.results(op, known);
      for (int i = 0; i < results.size(); i++) {
        tensors.put(op.writes().get(i), results.get(i));
      }
    }
    Function<Tensor, Matrix> bound = known.andThen(Bounded::bound);
    return new StepBound(
        mean(bound.apply(program.rowLoss())),
        program.layers().stream().map(Layer::activations).map(bound).toList(),
        program.layers().stream().map(Layer::delta).map(bound).toList(),
        program.parameters(Parameter::gradient, bound),
        program.parameters(Parameter::value, bound));
  }

  private static double mean(Matrix column) {
    double sum = 0;
    for (int i = 0; i < column.size(); i++) {
      sum += column.value(i);
    }
    return sum / column.size();
  }

  /**
   * The shares of the bound that a step uses, tensor by tensor in the order in which it computes
   * them.
   *
   * @param probe the step
   * @param exact the same in binary64
   * @param after parameters after it
   * @param exactAfter the same in binary64
   */
  public List<TensorShare> shares(
      Probe probe, Probe exact, Parameters after, Parameters exactAfter) {
    List<TensorShare> shares = new ArrayList<>();
    int layers = activations.size();
    for (int l = 0; l < layers; l++) {
      shares.add(
          TensorShare.of(
              l == layers - 1 ? "outputs" : "activations of layer " + (l + 1),
              exact.activations().get(l),
              probe.activations().get(l),
              activations.get(l)));
    }
    shares.add(TensorShare.of("loss", exact.loss(), probe.loss(), loss));
    for (int l = layers - 1; l >= 0; l--) {
      shares.add(
          TensorShare.of(
              "delta of layer " + (l + 1),
              exact.deltas().get(l),
              probe.deltas().get(l),
              deltas.get(l)));
    }
    shares.addAll(shares("gradient of ", exact.gradients(), probe.gradients(), gradients));
    shares.addAll(shares("", exactAfter, after, updated));
    return shares;
  }

  /**
   * The same of a step of which only the results can be seen.
   *
   * @param actualLoss of the step
   */
  public List<TensorShare> shares(
      double actualLoss, Probe exact, Parameters after, Parameters exactAfter) {
    List<TensorShare> shares = new ArrayList<>();
    shares.add(TensorShare.of("loss", exact.loss(), actualLoss, loss));
    shares.addAll(shares("", exactAfter, after, updated));
    return shares;
  }

  /**
   * The shares of the bound that the difference of two sets of parameters (or gradients) uses, W1
   * first, then b1, W2, ...
   */
  public static List<TensorShare> shares(
      String prefix, Parameters expected, Parameters actual, Parameters bound) {
    List<TensorShare> shares = new ArrayList<>();
    for (int l = 0; l < expected.layers(); l++) {
      shares.add(
          TensorShare.of(
              prefix + "W" + (l + 1),
              expected.weights().get(l),
              actual.weights().get(l),
              bound.weights().get(l)));
      shares.add(
          TensorShare.of(
              prefix + "b" + (l + 1),
              expected.biases().get(l),
              actual.biases().get(l),
              bound.biases().get(l)));
    }
    return shares;
  }

  /** The largest of these shares; above 1 the two disagree. */
  public static double share(Parameters a, Parameters b, Parameters bound) {
    return largest(shares("", a, b, bound));
  }

  /** The largest of some shares; 0 of none. */
  public static double largest(List<TensorShare> shares) {
    return shares.stream().mapToDouble(TensorShare::share).max().orElse(0);
  }
}
