package dev.lockstep.agreement;

import dev.lockstep.backend.OperandRounding;
import dev.lockstep.backend.Probe;
import dev.lockstep.backend.Subnormals;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Parameters;
import dev.lockstep.model.Updates;
import dev.lockstep.program.Op;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Tensor;
import dev.lockstep.scenario.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * Bounds the error of every element of a binary32 training step against the step without rounding,
 * by {@link ErrorPropagation} through all its operations.
 *
 * @param program the program of the step
 * @param loss mean of the bounds of the rows' losses
 * @param tensors bounds of the parameters after the step and of all probed tensors
 */
public record StepBound(StepProgram program, double loss, Map<Tensor, Matrix> tensors) {

  /**
   * Returns the bound of a step.
   *
   * @param step the step, from 0
   * @param state parameters before the step, exact in binary32
   * @param moments the rule's moments before the step, exact in binary32; empty for +0
   * @param rounding how operands of products are rounded
   * @param subnormals how subnormal numbers are treated
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
    // The errors of what is given are zeros, which nothing changes: one array for each size.
    Map<Integer, double[]> zeros = new HashMap<>();
    BiConsumer<Tensor, Matrix> exact =
        (tensor, matrix) ->
            tensors.put(
                tensor, Bounded.exact(matrix, zeros.computeIfAbsent(matrix.size(), double[]::new)));
    GivenTensors.of(workload, program, step).forEach(exact);
    program.spread(state, moments, exact);
    ErrorPropagation propagation =
        new ErrorPropagation(
            program.ops(),
            new Updates(workload.optimizer()),
            step,
            new ElementBound(rounding, subnormals));
    Set<Tensor> wanted = new HashSet<>(program.probed());
    wanted.addAll(program.values().values());
    Map<Tensor, Matrix> bounds = new HashMap<>();
    Map<Tensor, Integer> lastNeeds = propagation.lastNeeds();
    for (int i = 0; i < program.ops().size(); i++) {
      Op op = program.ops().get(i);
      List<Bounded> results = propagation.results(op, known);
      for (int r = 0; r < results.size(); r++) {
        tensors.put(op.writes().get(r), results.get(r));
      }
      int now = i;
      // All bounds of a wide step together take more memory than the step.
      tensors
          .entrySet()
          .removeIf(
              each ->
                  Objects.equals(lastNeeds.get(each.getKey()), now)
                      && !each.getKey().equals(program.rowLoss())
                      && isTaken(each.getKey(), each.getValue(), wanted, bounds));
    }
    Matrix rowLoss = known.apply(program.rowLoss()).bound();
    tensors.entrySet().removeIf(each -> isTaken(each.getKey(), each.getValue(), wanted, bounds));
    return new StepBound(program, mean(rowLoss), bounds);
  }

  /** Takes the bound of a tensor that is wanted; true in any case. */
  private static boolean isTaken(
      Tensor tensor, Bounded bounded, Set<Tensor> wanted, Map<Tensor, Matrix> bounds) {
    if (wanted.contains(tensor)) {
      bounds.put(tensor, bounded.bound());
    }
    return true;
  }

  private static double mean(Matrix column) {
    double sum = 0;
    for (int i = 0; i < column.size(); i++) {
      sum += column.value(i);
    }
    return sum / column.size();
  }

  /** Returns the bounds of the gradients. */
  public Parameters gradients() {
    return Parameters.of(program.gradients(), this::of);
  }

  /** Returns the bounds of the parameters after the step. */
  public Parameters updated() {
    return Parameters.of(program.values(), this::of);
  }

  private Matrix of(Tensor tensor) {
    return Objects.requireNonNull(tensors.get(tensor), tensor::name);
  }

  /**
   * Returns the share of its bound that each tensor of a step uses: the loss and the probed tensors
   * in the order of computation, then the parameters after the step.
   *
   * @param actualLoss the loss of the step
   * @param probe the probe of the step, if it can be probed
   * @param exact the probe of the step in binary64
   * @param after the parameters after the step
   * @param exactAfter the parameters after the step in binary64
   */
  public List<TensorShare> shares(
      double actualLoss,
      Optional<Probe> probe,
      Probe exact,
      Parameters after,
      Parameters exactAfter) {
    List<TensorShare> shares = new ArrayList<>();
    for (Op op : program.ops()) {
      if (op instanceof Op.Stop) {
        shares.add(TensorShare.of("loss", exact.loss(), actualLoss, loss));
      }
      for (Tensor tensor : op.writes()) {
        probe
            .filter(_ -> tensors.containsKey(tensor))
            .map(seen -> seen.tensors().get(tensor))
            .map(seen -> TensorShare.of(tensor.name(), exact.of(tensor), seen, of(tensor)))
            .ifPresent(shares::add);
      }
    }
    shares.addAll(shares(exactAfter, after, updated()));
    return shares;
  }

  /**
   * Returns the tolerance of each tensor of a step, in the order of {@link #shares}.
   *
   * @param exact the probe of the step in binary64
   * @param exactAfter the parameters after the step in binary64
   */
  public List<TensorTolerance> tolerances(Probe exact, Parameters exactAfter) {
    List<TensorTolerance> tolerances = new ArrayList<>();
    for (Op op : program.ops()) {
      if (op instanceof Op.Stop) {
        tolerances.add(
            TensorTolerance.of("loss", TensorShare.one(exact.loss()), TensorShare.one(loss)));
      }
      op.writes().stream()
          .filter(exact.tensors()::containsKey)
          .map(tensor -> TensorTolerance.of(tensor.name(), exact.of(tensor), of(tensor)))
          .forEach(tolerances::add);
    }
    Parameters bounds = updated();
    exactAfter.entries().stream()
        .map(e -> TensorTolerance.of(e.name(), e.matrix(), bounds.get(e.name())))
        .forEach(tolerances::add);
    return tolerances;
  }

  /**
   * Returns the largest share of a bound that the difference between two sets of parameters (or
   * gradients) uses; above 1 they disagree.
   */
  public static double share(Parameters a, Parameters b, Parameters bound) {
    return largest(shares(a, b, bound));
  }

  /**
   * Returns the share of its bound that the difference between each two parameters (or gradients)
   * uses.
   *
   * @param a the values without rounding
   */
  public static List<TensorShare> shares(Parameters a, Parameters b, Parameters bound) {
    return a.entries().stream()
        .map(e -> TensorShare.of(e.name(), e.matrix(), b.get(e.name()), bound.get(e.name())))
        .toList();
  }

  /** Returns the largest share, or 0 if there are none. */
  public static double largest(List<TensorShare> shares) {
    return shares.stream().mapToDouble(TensorShare::share).max().orElse(0);
  }
}
