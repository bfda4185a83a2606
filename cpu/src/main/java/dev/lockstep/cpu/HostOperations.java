package dev.lockstep.cpu;

import dev.lockstep.backend.SingleOperations;
import dev.lockstep.matrix.FloatMatrix;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.model.Axis;
import dev.lockstep.model.Updates;
import dev.lockstep.program.Op;
import dev.lockstep.program.SingleOp;
import dev.lockstep.program.Tensor;
import dev.lockstep.program.Tensor.Element;
import dev.lockstep.program.Tensor.Lifetime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** Single operations of a host backend, with the kernels of its steps. */
final class HostOperations<A> extends SingleOperations {
  private final HostKernels<A> kernels;

  /**
   * @param kernels closed together with this object
   */
  HostOperations(HostKernels<A> kernels) {
    this.kernels = kernels;
  }

  @Override
  protected List<Matrix> results(SingleOp single, Map<Tensor, ? extends Matrix> operands) {
    return results(new HostOperation<>(kernels, single), operands, single.results());
  }

  @Override
  public List<Matrix> results(
      Op op, Updates updates, long step, Function<Tensor, Matrix> operands) {
    StepInputs inputs = new StepInputs(0);
    inputs.numbers.set(updates.rateFactor(step), updates.correction(step));
    Map<Axis, Integer> sizes = new HashMap<>();
    Map<Tensor, Matrix> given = new HashMap<>();
    for (Tensor tensor : op.reads()) {
      if (tensor.element() != Element.FLAG) {
        Matrix operand = operands.apply(tensor);
        sizes.put(tensor.rows(), operand.rows());
        sizes.put(tensor.columns(), operand.columns());
        if (tensor.element() == Element.REAL && tensor.lifetime() == Lifetime.INPUT) {
          inputs.give(tensor, ((FloatMatrix) operand).data());
        } else {
          given.put(tensor, operand);
        }
      }
    }
    ToIntFunction<Axis> size = axis -> sizes.getOrDefault(axis, axis.size());
    return results(new HostOperation<>(kernels, op, inputs, size), given, op.writes());
  }

  private List<Matrix> results(
      HostOperation<A> operation, Map<Tensor, ? extends Matrix> operands, List<Tensor> results) {
    try {
      operation.load(operands);
      operation.call.run();
      return results.stream().map(operation::result).toList();
    } finally {
      operation.release();
    }
  }

  @Override
  public void close() {
    kernels.close();
  }
}
