package dev.lockstep.cpu;

import dev.lockstep.backend.Evaluation;
import dev.lockstep.data.Examples;
import dev.lockstep.model.Axis;
import dev.lockstep.program.Lowered;
import dev.lockstep.program.StepProgram;
import dev.lockstep.program.Storage;
import dev.lockstep.program.Tensor;
import dev.lockstep.program.Tensor.Lifetime;
import dev.lockstep.scenario.Workload;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Evaluates rows in pieces. The outputs of an exact backend do not depend on the sizes of the
 * pieces. Arrays are as large as the first piece and are released at the end.
 */
final class HostEvaluator<A> {
  private final HostKernels<A> kernels;
  private final Workload workload;
  private final Function<Tensor, A> state;
  private final Map<String, A> arrays = new HashMap<>();

  /**
   * @param state returns the array of a parameter
   */
  HostEvaluator(HostKernels<A> kernels, Workload workload, Function<Tensor, A> state) {
    this.kernels = kernels;
    this.workload = workload;
    this.state = state;
  }

  Evaluation evaluate(Examples examples) {
    Evaluation.Sum sum = new Evaluation.Sum();
    int rows = examples.rows();
    if (rows == 0) {
      return sum.evaluation();
    }
    int most = Math.min(rows, StepProgram.MOST_EVALUATED_ROWS);
    try {
      Piece whole = new Piece(examples, most);
      int from = 0;
      for (; from + most <= rows; from += most) {
        whole.add(from, sum);
      }
      if (from < rows) {
        new Piece(examples, rows - from).add(from, sum);
      }
    } finally {
      arrays.values().forEach(kernels::release);
    }
    return sum.evaluation();
  }

  /** The bound calls that evaluate a fixed number of rows. */
  private final class Piece {
    private final StepProgram program;
    private final Storage storage;
    private final StepInputs inputs;
    private final Examples examples;
    private final int[] labels;
    private final List<Runnable> calls;

    Piece(Examples examples, int rows) {
      this.examples = examples;
      program =
          StepProgram.evaluation(workload.network(), workload.loss(), workload.optimizer(), rows);
      Set<Tensor> kept = Set.of(program.outputs(), program.rowLoss());
      Lowered list = Lowered.of(program, kept, kernels, kernels);
      storage = list.storage();
      inputs = new StepInputs(rows);
      labels = new int[rows];
      Binder<A> binder =
          new Binder<>(kernels, examples, inputs, this::array, tensor -> labels, Axis::size);
      calls = list.ops().stream().map(binder::bind).toList();
    }

    private A array(Tensor tensor) {
      return tensor.lifetime() == Lifetime.STATE
          ? state.apply(tensor)
          : arrays.computeIfAbsent(
              storage.owner(tensor).name(), name -> kernels.allocate(tensor.size()));
    }

    void add(int from, Evaluation.Sum sum) {
      Arrays.setAll(inputs.rowNumbers, i -> from + i);
      calls.forEach(Runnable::run);
      int rows = labels.length;
      sum.add(
          kernels.matrix(rows, program.outputs().columns().size(), array(program.outputs())),
          kernels.matrix(1, rows, array(program.rowLoss())),
          labels);
    }
  }
}
