package dev.lockstep.cpu;

import dev.lockstep.backend.SingleOperations;
import dev.lockstep.matrix.Matrix;
import dev.lockstep.program.SingleOp;
import dev.lockstep.program.Tensor;
import java.util.List;
import java.util.Map;

/** Single operations of a backend on the host, by the kernels of its steps. */
final class HostOperations<A> extends SingleOperations {
  private final HostKernels<A> kernels;

  /**
   * @param kernels closed with this
   */
  HostOperations(HostKernels<A> kernels) {
    this.kernels = kernels;
  }

  @Override
  protected List<Matrix> results(SingleOp single, Map<Tensor, ? extends Matrix> operands) {
    HostOperation<A> operation = new HostOperation<>(kernels, single);
    try {
      operation.load(operands);
      operation.call.run();
      return single.results().stream().map(operation::result).toList();
    } finally {
      operation.release();
    }
  }

  @Override
  public void close() {
    kernels.close();
  }
}
