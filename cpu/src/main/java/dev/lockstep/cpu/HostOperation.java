package dev.lockstep.cpu;

import dev.lockstep.data.Examples;
import dev.lockstep.matrix.DrawnMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.Lowered;
import dev.lockstep.program.SingleOp;
import dev.lockstep.program.Tensor;
import dev.lockstep.program.Tensor.Element;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** One operation of a step, bound to arrays of its own. */
final class HostOperation<A> {
  private static final Examples NO_ROWS = new Examples(new float[0], new int[0], 1);

  private final HostKernels<A> kernels;
  private final Lowered list;
  private final Map<Tensor, A> arrays = new HashMap<>();
  private final Map<Tensor, int[]> integers = new HashMap<>();

  /** Runs it. */
  final Runnable call;

  HostOperation(HostKernels<A> kernels, SingleOp single) {
    this.kernels = kernels;
    list = single.lowered(kernels);
    call =
        new Binder<>(kernels, NO_ROWS, new StepInputs(0), this::array, this::integers)
            .bind(single.op());
  }

  private A array(Tensor tensor) {
    return arrays.computeIfAbsent(
        list.storage().owner(tensor), owner -> kernels.allocate(owner.size()));
  }

  private int[] integers(Tensor tensor) {
    return integers.computeIfAbsent(tensor, t -> new int[t.size()]);
  }

  /** Overwrites operands. */
  void load(Map<Tensor, ? extends Matrix> operands) {
    operands.forEach(
        (tensor, matrix) -> {
          if (tensor.element() == Element.INTEGER) {
            Arrays.setAll(integers(tensor), i -> (int) matrix.value(i));
          } else {
            kernels.copy(matrix, array(tensor));
          }
        });
  }

  /** Overwrites with NaN what a call only writes. */
  void clear() {
    for (Tensor result : list.onlyWritten()) {
      int rows = result.rows().size();
      kernels.copy(
          new DrawnMatrix(rows, result.columns().size(), (_, _) -> Float.NaN), array(result));
    }
  }

  /** A copy of a result. */
  Matrix result(Tensor tensor) {
    return kernels.matrix(tensor.rows().size(), tensor.columns().size(), array(tensor));
  }

  /** An element of a result. */
  double at(Tensor tensor, int index) {
    return kernels.at(array(tensor), index);
  }

  /** Gives the arrays back. */
  void release() {
    arrays.values().forEach(kernels::release);
  }
}
