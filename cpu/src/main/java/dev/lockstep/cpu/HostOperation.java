package dev.lockstep.cpu;

import dev.lockstep.data.Examples;
import dev.lockstep.matrix.DrawnMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Axis;
import dev.lockstep.program.Lowered;
import dev.lockstep.program.Op;
import dev.lockstep.program.SingleOp;
import dev.lockstep.program.Tensor;
import dev.lockstep.program.Tensor.Element;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;

/** One operation of a step, bound to arrays of its own. */
final class HostOperation<A> {
  private static final Examples NO_ROWS = new Examples(new float[0], new int[0], 1);

  private final HostKernels<A> kernels;
  private final Lowered list;
  private final ToIntFunction<Axis> sizes;
  private final Map<Tensor, A> arrays = new HashMap<>();
  private final Map<Tensor, int[]> integers = new HashMap<>();

  /** Runs it. */
  final Runnable call;

  HostOperation(HostKernels<A> kernels, SingleOp single) {
    this(kernels, single.lowered(kernels), new StepInputs(0), Axis::size);
  }

  /**
   * An operation of a training step, on all of its tensors or on parts of them.
   *
   * @param inputs of the step
   * @param sizes of the axes, of which the operands may have a part
   */
  HostOperation(HostKernels<A> kernels, Op op, StepInputs inputs, ToIntFunction<Axis> sizes) {
    this(kernels, Lowered.alone(op, Set.copyOf(op.writes()), kernels), inputs, sizes);
  }

  private HostOperation(
      HostKernels<A> kernels, Lowered list, StepInputs inputs, ToIntFunction<Axis> sizes) {
    this.kernels = kernels;
    this.list = list;
    this.sizes = sizes;
    call =
        new Binder<>(kernels, NO_ROWS, inputs, this::array, this::integers, sizes)
            .bind(list.ops().getFirst());
  }

  private A array(Tensor tensor) {
    return arrays.computeIfAbsent(
        list.storage().owner(tensor), owner -> kernels.allocate(rows(owner) * columns(owner)));
  }

  private int[] integers(Tensor tensor) {
    return integers.computeIfAbsent(tensor, t -> new int[rows(t) * columns(t)]);
  }

  private int rows(Tensor tensor) {
    return sizes.applyAsInt(tensor.rows());
  }

  private int columns(Tensor tensor) {
    return sizes.applyAsInt(tensor.columns());
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
      kernels.copy(
          new DrawnMatrix(rows(result), columns(result), (_, _) -> Float.NaN), array(result));
    }
  }

  /** A copy of a result. */
  Matrix result(Tensor tensor) {
    return kernels.matrix(rows(tensor), columns(tensor), array(tensor));
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
