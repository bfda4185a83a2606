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

/** A single operation of a step, bound to its own arrays. */
final class HostOperation<A> {
  private static final Examples NO_ROWS = new Examples(new float[0], new int[0], 1);

  private final HostKernels<A> kernels;
  private final Lowered list;
  private final ToIntFunction<Axis> sizes;
  private final Map<Tensor, A> arrays = new HashMap<>();
  private final Map<Tensor, int[]> integers = new HashMap<>();

  /** Runs the operation. */
  final Runnable call;

  HostOperation(HostKernels<A> kernels, SingleOp single) {
    this(kernels, single.lowered(kernels), new StepInputs(0), Axis::size);
  }

  /**
   * Binds an operation of a training step, on its whole tensors or on parts of them.
   *
   * @param inputs the inputs of the step
   * @param sizes returns the size of an axis, which may be smaller than the axis if the operands
   *     are parts
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

  /** Sets operands. */
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

  /** Fills the results that a call does not read with NaN. */
  void clear() {
    for (Tensor result : list.onlyWritten()) {
      kernels.copy(
          new DrawnMatrix(rows(result), columns(result), (_, _) -> Float.NaN), array(result));
    }
  }

  /** Copies a result. */
  Matrix result(Tensor tensor) {
    return kernels.matrix(rows(tensor), columns(tensor), array(tensor));
  }

  /** Returns an element of a result, widened to binary64. */
  double at(Tensor tensor, int index) {
    return kernels.at(array(tensor), index);
  }

  /** Releases the arrays. */
  void release() {
    arrays.values().forEach(kernels::release);
  }
}
